import { useCallback, useEffect, useRef, useState } from 'react';
import { useClient } from 'urql';
import { useLiveSocket, useLiveState } from '../../graphql/api';
import type { CountsFieldsFragment } from '../../graphql/generated/graphql';
import { followRun } from './followRun';
import { RunProgressQuery, type RunState } from './operations';
import { advance, hasEnded, type Progress, type Report } from './progress';

export type RunProgress = Progress<CountsFieldsFragment>;
type RunReport = Report<CountsFieldsFragment>;

const POLL_EVERY = 4_000;

function stored(run: RunState): RunReport {
  return { ...run, sequence: run.lastSequence };
}

/**
 * Progress of a run, live until it ended; `run` is the run as last read. While the live connection is away it is read by
 * plain queries. Give the component that uses it the run's id as key.
 */
export function useRunProgress(run: RunState): RunProgress {
  const [progress, setProgress] = useState<RunProgress>(() => advance(null, stored(run), true).progress);
  const latest = useRef(progress);
  const { client } = useLiveSocket();
  const runId = run.id;
  const ended = hasEnded(progress.state);

  const take = useCallback((report: RunReport, jump: boolean) => {
    const step = advance(latest.current, report, jump);
    latest.current = step.progress;
    setProgress(step.progress);
    return step.outcome;
  }, []);

  useEffect(() => void take(stored(run), true), [run, take]);

  useEffect(() => {
    if (ended) return;
    return followRun(client, runId, {
      position: () => latest.current.sequence,
      take,
      ended: () => hasEnded(latest.current.state),
    });
  }, [client, runId, ended, take]);

  usePolling(runId, ended, take);
  return progress;
}

function usePolling(runId: string, ended: boolean, take: (report: RunReport, jump: boolean) => void) {
  const urql = useClient();
  const { status } = useLiveState();
  const away = !ended && status !== 'connected';
  useEffect(() => {
    if (!away) return;
    const ask = async () => {
      const { data } = await urql.query(RunProgressQuery, { id: runId }, { requestPolicy: 'network-only' }).toPromise();
      if (data?.node?.__typename === 'SyncRun') take(stored(data.node), true);
    };
    const timer = window.setInterval(() => void ask(), POLL_EVERY);
    return () => window.clearInterval(timer);
  }, [away, runId, urql, take]);
}
