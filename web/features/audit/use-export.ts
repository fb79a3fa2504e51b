import { useEffect, useRef, useState } from 'react';
import type { AuditExportQuery } from '../../../api/contract.ts';
import { asProblem, type Problem } from '../../lib/problem.ts';
import { beginExport, continueExport, type Export, fileName, saveExport } from './export-audit.ts';

/** One export at a time: begin, go on after a failure, give up. Leaving the page gives up too. */
export function useExport() {
  const [progress, setProgress] = useState<Export | null>(null);
  const [running, setRunning] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [saved, setSaved] = useState<string | null>(null);
  const current = useRef<AbortController | null>(null);
  useEffect(() => () => current.current?.abort(), []);

  const run = async (from: Export) => {
    current.current?.abort();
    const controller = new AbortController();
    current.current = controller;
    setProgress(from);
    setRunning(true);
    setProblem(null);
    setSaved(null);
    try {
      const complete = await continueExport(from, setProgress, controller.signal);
      const name = fileName(complete.query, Date.now());
      saveExport(complete, name);
      setSaved(name);
      // The rows are in the file now; only their number is still shown.
      setProgress({ ...complete, parts: [] });
    } catch (error) {
      if (!controller.signal.aborted) setProblem(asProblem(error));
    } finally {
      if (current.current === controller) setRunning(false);
    }
  };

  return {
    progress,
    running,
    problem,
    saved,
    start: (query: AuditExportQuery) => void run(beginExport(query)),
    resume: () => {
      if (progress !== null) void run(progress);
    },
    cancel: () => {
      current.current?.abort();
      setProgress(null);
    },
  };
}
