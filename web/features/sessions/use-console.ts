import { useRef, useState } from 'react';
import { call } from '../../lib/api.ts';
import { asProblem, type Problem } from '../../lib/problem.ts';
import { requestsChanged } from '../../lib/query-client.ts';
import { openConsoleTab, sendToConsole } from './console-tab.ts';
import { type Secret, secretOf } from './secret.ts';
import { useMounted } from './use-mounted.ts';
import { useWiped } from './use-wiped.ts';

/** The sign-in address is kept this long for a browser that opens no tab by itself. */
const linkMs = 60_000;

/**
 * Opens the AWS console in a tab of its own.
 * NB. The address is a secret. It is kept only where the browser refused the tab: in `link`, for a link.
 */
export function useConsole(requestId: string) {
  const [running, setRunning] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [link, setLink] = useState<Secret<string> | null>(null);
  const gone = useWiped(link, linkMs);
  const last = useRef<Window | null>(null);
  const busy = useRef(false);
  const mounted = useMounted();

  const forget = () => {
    setProblem(null);
    link?.wipe();
    setLink(null);
  };

  /** @param used whether the tab has shown the console before: then it is the person's, and not closed */
  const open = async (tab: Window | null, used: boolean) => {
    const dropTab = () => {
      if (!used) tab?.close();
    };
    busy.current = true;
    setRunning(true);
    forget();
    try {
      // Empty as it is, the tab would cover the question; what opens it after that is a link.
      const asked = { kind: 'console' } as const;
      const issued = await call('issueSession', { id: requestId, body: asked, beforeAsking: dropTab });
      if (issued.kind !== 'console' || !mounted()) dropTab();
      else if (tab === null || !sendToConsole(tab, issued.url)) setLink(secretOf(issued.url));
      else last.current = tab;
    } catch (error) {
      dropTab();
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
    link,
    gone,
    forget,
    open: () => {
      // The tab has to be opened now, while the browser still sees the click.
      if (!busy.current) void open(openConsoleTab(), false);
    },
    /** As `open`, but in the tab of the last time, as long as it is there. */
    renew: () => {
      if (busy.current) return;
      const tab = last.current;
      if (tab === null || tab.closed) void open(openConsoleTab(), false);
      else void open(tab, true);
    },
  };
}
