import { useEffect, useRef } from 'react';
import { useSubscription } from 'urql';
import { useRefresh } from '../../graphql/refresh';
import { SyncActivitySubscription } from './operations';

/** Watches every run of the business: when one changes its state, whoever began it, pages read again what they show. */
export function RunWatch() {
  const { announce } = useRefresh();
  const [{ data }] = useSubscription({ query: SyncActivitySubscription });
  const told = useRef(new Set<string>());

  useEffect(() => {
    if (!data) return;
    const { run, state } = data.syncActivity;
    const news = `${run.id} ${state}`;
    if (told.current.has(news)) return;
    told.current.add(news);
    announce();
  }, [data, announce]);

  return null;
}
