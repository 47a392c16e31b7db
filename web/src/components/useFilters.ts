import { useCallback } from 'react';
import { useSearchParams } from 'react-router';

/** Filters live in the address: the back button, a reload and a shared link keep them. */
export function useFilters<Name extends string>(names: readonly Name[]) {
  const [params, setParams] = useSearchParams();
  const values = Object.fromEntries(names.map((name) => [name, params.get(name) ?? ''])) as Record<Name, string>;

  const set = useCallback(
    (changes: Partial<Record<Name, string>>) =>
      setParams(
        (before) => {
          const after = new URLSearchParams(before);
          for (const [name, value] of Object.entries(changes) as [string, string][]) {
            if (value) after.set(name, value);
            else after.delete(name);
          }
          return after;
        },
        { replace: true },
      ),
    [setParams],
  );

  const active = names.filter((name) => values[name] !== '').length;
  const clear = useCallback(
    () => set(Object.fromEntries(names.map((name) => [name, ''])) as Record<Name, string>),
    [set, names],
  );
  return { values, set, clear, active };
}

/** `yes` and `no` in the address, true and false in the query, anything else: no filter. */
export function yesNo(value: string): boolean | undefined {
  return value === 'yes' ? true : value === 'no' ? false : undefined;
}

export function oneOf<Value extends string>(value: string, allowed: readonly Value[]): Value | undefined {
  return allowed.find((each) => each === value);
}
