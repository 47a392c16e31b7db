/**
 * A body as people read it: JSON indented, anything else as it came. Works on the text, never through a parsed value:
 * parsing would round the amounts that the provider sent.
 */
export function prettyBody(body: string): string {
  return isJson(body) ? indent(body) : body;
}

function isJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // cut at the log's size limit, or not JSON at all
  }
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/g;

function indent(json: string): string {
  let depth = 0;
  let out = '';
  let previous = '';
  const line = () => `\n${'  '.repeat(depth)}`;
  for (const token of json.match(TOKEN) ?? []) {
    const opens = token === '{' || token === '[';
    const closes = token === '}' || token === ']';
    const afterOpen = previous === '{' || previous === '[';
    if (closes) {
      depth -= 1;
      out += afterOpen ? token : line() + token;
    } else {
      if (afterOpen || previous === ',') out += line();
      out += token === ':' ? ': ' : token;
      if (opens) depth += 1;
    }
    previous = token;
  }
  return out;
}
