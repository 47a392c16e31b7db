import { useEffect, useRef } from 'react';
import { useSubscription } from 'urql';
import { useRefresh } from '../../graphql/refresh';
import { SyncActivitySubscription } from './operations';
import { hasEnded } from './progress';

/** Watches every run of the business: when one begins or ends, whoever began it, pages read again what they show. */
export function RunWatch() {
  const { announce } = useRefresh();
  const [{ data }] = useSubscription({ query: SyncActivitySubscription });
  const told = useRef(new Set<string>());

  useEffect(() => {
    if (!data) return;
    const { run, state } = data.syncActivity;
    const news = `${run.id} ${hasEnded(state) ? 'ended' : 'began'}`;
    if (told.current.has(news)) return;
    told.current.add(news);
    announce();
  }, [data, announce]);

  return null;
}
