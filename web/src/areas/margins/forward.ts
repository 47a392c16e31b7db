import { useState } from 'react';
import { PAGE_SIZES, type Paging } from '../../components/paging';

/** Walks a list that is only read forwards: the places that were passed are kept for the way back. */
export function useForwardPaging(listing: string): Paging {
  const [size, setSize] = useState<number>(PAGE_SIZES[0]);
  const [at, setAt] = useState<{ listing: string; passed: string[] }>({ listing, passed: [] });
  const passed = at.listing === listing ? at.passed : [];
  const go = (next: string[]) => setAt({ listing, passed: next });
  const after = passed.at(-1);
  return {
    size,
    setSize: (next) => {
      setSize(next);
      go([]);
    },
    variables: { first: size, ...(after && { after }) },
    place: after ? 'after' : 'start',
    next: (info) => info.endCursor && go([...passed, info.endCursor]),
    previous: () => go(passed.slice(0, -1)),
    restart: () => go([]),
  };
}
