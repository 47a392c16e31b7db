/**
 * Files of the gateway onto the reader's disk.
 * Rule: a file is never held by the page: where the browser can write to a chosen file, it is streamed there as it comes;
 * elsewhere the browser itself keeps it and hands it over when it is complete. A file that broke off is not handed over.
 */

export interface Refused {
  title: string;
  detail: string;
  help: string;
}

export type Downloaded = { done: true } | { done: false; refused: Refused | null };

interface SaveWindow {
  showSaveFilePicker?: (options: {
    suggestedName: string;
    types: { description: string; accept: Record<string, string[]> }[];
  }) => Promise<FileSystemFileHandle>;
}

const CANCELLED: Downloaded = { done: false, refused: null };

/** Asks the gateway for a file and saves it under a name. */
export async function download(path: string, name: string, token: string): Promise<Downloaded> {
  const pick = (window as SaveWindow).showSaveFilePicker;
  let handle: FileSystemFileHandle | null = null;
  if (typeof pick === 'function') {
    try {
      const types = [{ description: 'CSV', accept: { 'text/csv': ['.csv'] } }];
      handle = await pick.call(window, { suggestedName: name, types });
    } catch (error) {
      if (isAbort(error)) return CANCELLED;
      // The browser has the way but does not allow it here: the other one is left.
    }
  }
  try {
    const response = await fetch(path, { headers: { authorization: `Bearer ${token}` }, credentials: 'omit' });
    if (!response.ok || !response.body) {
      await forget(handle);
      return { done: false, refused: await refusalOf(response.status, response) };
    }
    if (handle) await response.body.pipeTo(await handle.createWritable());
    else hand(name, await response.blob());
    return { done: true };
  } catch {
    await forget(handle);
    return { done: false, refused: BROKEN };
  }
}

/** Choosing a file makes an empty one; where nothing came into it, it goes again, if the browser can do that. */
async function forget(handle: (FileSystemFileHandle & { remove?: () => Promise<void> }) | null): Promise<void> {
  await handle?.remove?.().catch(() => undefined);
}

const BROKEN: Refused = {
  title: 'No file was made',
  detail: 'The connection broke before the file was complete.',
  help: 'Check that the gateway is running, then try again.',
};

function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

/** A file that the browser already has, as a download. */
export function hand(name: string, file: Blob): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** What the gateway says when it does not take or give a file. */
export async function refusalOf(status: number, answer: { text: () => Promise<string> }): Promise<Refused> {
  const message = messageOf(await answer.text().catch(() => ''));
  if (status === 401) {
    return {
      title: 'Not signed in',
      detail: message ?? 'The gateway does not accept this access token.',
      help: 'Sign in with a new token.',
    };
  }
  if (status === 403) {
    return { title: 'Not available to your role', detail: message ?? 'Your role does not allow this.', help: '' };
  }
  return {
    title: 'The gateway did not take this',
    detail: message ?? `It answered with status ${status}.`,
    help: message ? '' : 'Try again. If it happens again, tell whoever runs the gateway.',
  };
}

function messageOf(text: string): string | null {
  try {
    const { errors } = JSON.parse(text) as { errors?: { message?: unknown }[] };
    const messages = (errors ?? []).map((each) => each.message).filter((each) => typeof each === 'string');
    return messages.length > 0 ? messages.join(' ') : null;
  } catch {
    return null;
  }
}

/** A name that every system takes as a file's. */
export function fileName(product: string, what: string): string {
  const plain = product
    .normalize('NFKD')
    .replace(/[^a-zA-Z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .toLowerCase();
  return `${plain || 'product'}-${what}.csv`;
}
