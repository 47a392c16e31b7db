import { useState } from 'react';

export interface Selection {
  ids: ReadonlySet<string>;
  toggle: (ids: readonly string[], on: boolean) => void;
  clear: () => void;
}

/** Chosen rows, kept while paging and filtering. */
export function useSelection(): Selection {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const toggle = (changed: readonly string[], on: boolean) =>
    setIds((before) => {
      const after = new Set(before);
      for (const id of changed) {
        if (on) after.add(id);
        else after.delete(id);
      }
      return after;
    });
  return { ids, toggle, clear: () => setIds(new Set()) };
}
