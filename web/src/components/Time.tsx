import { useEffect, useState } from 'react';
import { formatDateTime, formatRelative } from '../lib/time';

export function useNow(every: number, running = true): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!running) return;
    const timer = window.setInterval(() => setNow(Date.now()), every);
    return () => window.clearInterval(timer);
  }, [every, running]);
  return now;
}

/** “5 minutes ago”, with the exact time in the title. */
export function Ago({ at }: { at: string }) {
  const now = useNow(15_000);
  return (
    <time dateTime={at} title={`${formatDateTime(at, true)} (${at})`}>
      {formatRelative(at, now)}
    </time>
  );
}

export function At({ at, precise = false }: { at: string; precise?: boolean }) {
  return (
    <time dateTime={at} title={at}>
      {formatDateTime(at, precise)}
    </time>
  );
}
