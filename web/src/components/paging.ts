import { useState } from 'react';

export interface PageArguments {
  first?: number;
  after?: string;
  last?: number;
  before?: string;
}

interface PageInfo {
  hasNextPage: boolean;
  hasPreviousPage: boolean;
  startCursor?: string | null;
  endCursor?: string | null;
}

type Place = { kind: 'start' } | { kind: 'after' | 'before'; cursor: string };

export interface Paging {
  size: number;
  setSize: (size: number) => void;
  variables: PageArguments;
  place: Place['kind'];
  next: (info: PageInfo) => void;
  previous: (info: PageInfo) => void;
  restart: () => void;
}

export const PAGE_SIZES = [25, 50, 100, 250] as const;

/** Arguments of a keyset page: cursors only, never an offset, so rows that arrive meanwhile move nothing. */
export function pageArguments(place: Place, size: number): PageArguments {
  if (place.kind === 'before') return { last: size, before: place.cursor };
  if (place.kind === 'after') return { first: size, after: place.cursor };
  return { first: size };
}

/** Walks a keyset list; goes back to the start when what is listed (`listing`: filter and order) changes. */
export function usePaging(listing: string, initialSize: number = PAGE_SIZES[0]): Paging {
  const [size, setSize] = useState(initialSize);
  const [at, setAt] = useState<{ listing: string; place: Place }>({ listing, place: { kind: 'start' } });
  const place: Place = at.listing === listing ? at.place : { kind: 'start' };
  const go = (next: Place) => setAt({ listing, place: next });
  return {
    size,
    setSize: (next) => {
      setSize(next);
      go({ kind: 'start' });
    },
    variables: pageArguments(place, size),
    place: place.kind,
    next: (info) => info.endCursor && go({ kind: 'after', cursor: info.endCursor }),
    previous: (info) => info.startCursor && go({ kind: 'before', cursor: info.startCursor }),
    restart: () => go({ kind: 'start' }),
  };
}

/** Where one may go: the page one came from is always there, even if the server does not look back. */
export function neighbours(place: Place['kind'], info: PageInfo): { next: boolean; previous: boolean } {
  return { next: info.hasNextPage || place === 'before', previous: info.hasPreviousPage || place === 'after' };
}
