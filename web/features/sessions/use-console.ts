import { useEffect, useRef, useState } from 'react';
import { call } from '../../lib/api.ts';
import { asProblem, type Problem } from '../../lib/problem.ts';
import { requestsChanged } from '../../lib/query-client.ts';
import { openConsoleTab, sendToConsole } from './console-tab.ts';
import { useMounted } from './use-mounted.ts';

/** The sign-in address is kept this long for a browser that opens no tab by itself. */
const linkMs = 60_000;

/**
 * Opens the AWS console in a tab of its own.
 * NB. The address is a secret. It is kept only where the browser refused the tab: as `url`, for a link.
 */
export function useConsole(requestId: string) {
  const [running, setRunning] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [url, setUrl] = useState<string | null>(null);
  const busy = useRef(false);
  const mounted = useMounted();

  useEffect(() => {
    if (url === null) return;
    const timer = setTimeout(() => setUrl(null), linkMs);
    return () => clearTimeout(timer);
  }, [url]);

  const forget = () => {
    setProblem(null);
    setUrl(null);
  };

  const open = async (tab: Window | null) => {
    busy.current = true;
    setRunning(true);
    forget();
    try {
      const issued = await call('issueSession', { id: requestId, body: { kind: 'console' } });
      if (issued.kind !== 'console' || !mounted()) tab?.close();
      else if (tab === null || !sendToConsole(tab, issued.url)) setUrl(issued.url);
    } catch (error) {
      tab?.close();
      setProblem(asProblem(error));
    } finally {
      busy.current = false;
      setRunning(false);
      // Issued or refused, the request is another one now.
      void requestsChanged();
    }
  };

  return {
    running,
    problem,
    url,
    forget,
    open: () => {
      // The tab has to be opened now, while the browser still sees the click.
      if (!busy.current) void open(openConsoleTab());
    },
  };
}
