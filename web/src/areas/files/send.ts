/**
 * A file to the gateway, with progress.
 * Rule: the browser reads the file from the disk while it sends it and keeps the answer for itself; the page holds neither.
 */
import { readResults, type Results } from './answer';
import { refusalOf, type Refused } from './download';
import type { FileKind } from './kinds';

export type Decimals = 'auto' | 'point' | 'comma';

export interface Order {
  kind: FileKind;
  file: File;
  decimals: Decimals;
  dryRun: boolean;
}

export type Sent = { results: Results } | { refused: Refused } | { cancelled: true };

/** Bytes sent so far; `answered` waits for the gateway once all are there. */
export interface Progress {
  sent: number;
  all: number;
}

export interface Sending {
  ended: Promise<Sent>;
  /** Stops what is still being sent. What the gateway already has complete is carried through. */
  cancel: () => void;
}

export function sendFile(order: Order, token: string, onProgress: (progress: Progress) => void): Sending {
  const request = new XMLHttpRequest();
  const ended = new Promise<Sent>((resolve) => {
    let complete = false;
    request.open('POST', addressOf(order));
    request.setRequestHeader('authorization', `Bearer ${token}`);
    request.setRequestHeader('content-type', 'text/csv');
    request.responseType = 'blob';
    request.upload.onprogress = ({ loaded, total }) => onProgress({ sent: loaded, all: total });
    request.upload.onload = () => {
      complete = true;
      onProgress({ sent: order.file.size, all: order.file.size });
    };
    request.onload = () => void answered(request).then(resolve);
    request.onabort = () => resolve({ cancelled: true });
    request.onerror = () => resolve({ refused: broken(complete, order.dryRun) });
    request.send(order.file);
  });
  return { ended, cancel: () => request.abort() };
}

function addressOf({ kind, decimals, dryRun }: Order): string {
  const query = new URLSearchParams({ dryRun: String(dryRun) });
  if (decimals !== 'auto') query.set('decimal', decimals);
  return `/import/${kind}?${query}`;
}

async function answered(request: XMLHttpRequest): Promise<Sent> {
  const answer = request.response as Blob;
  if (request.status !== 200) return { refused: await refusalOf(request.status, answer) };
  try {
    return { results: await readResults(answer.stream()) };
  } catch {
    return { refused: broken(true, false) };
  }
}

function broken(complete: boolean, dryRun: boolean): Refused {
  if (!complete || dryRun) {
    return {
      title: 'The connection broke',
      detail: complete ? 'The answer did not arrive.' : 'The file did not arrive as a whole, or could not be read.',
      help: 'Nothing was changed. If the file was saved anew since you chose it, choose it again; then try again.',
    };
  }
  return {
    title: 'The connection broke after the file had arrived',
    detail: 'The gateway carries the import through, but its answer did not arrive.',
    help: 'Send the same file again to see what became of it: nothing is made twice.',
  };
}
