import Alert from '@cloudscape-design/components/alert';
import { useLayoutEffect, useRef } from 'react';
import type { Secret } from './secret.ts';

const nowhere = 'about:blank';

/**
 * The browser opened no tab. The link works for a short time and is gone once it is used.
 * NB. React does not see its address; see `SecretText`.
 */
export function ConsoleLink({ secret, onUsed }: { secret: Secret<string>; onUsed: () => void }) {
  const element = useRef<HTMLAnchorElement>(null);
  useLayoutEffect(() => {
    const link = element.current;
    const url = secret.read();
    if (link === null || url === null) return;
    link.href = url;
    const clear = () => {
      link.href = nowhere;
    };
    const stop = secret.onWipe(clear);
    return () => {
      stop();
      clear();
    };
  }, [secret]);
  return (
    <div role="status">
      <Alert type="info" header="The console is ready" i18nStrings={{ infoIconAriaLabel: 'Information' }}>
        Your browser did not open a new tab.{' '}
        <a
          ref={element}
          className="link"
          href={nowhere}
          target="_blank"
          rel="noopener noreferrer"
          // The link must still be there while the browser follows it.
          onClick={() => setTimeout(onUsed)}
        >
          Open the AWS console
        </a>{' '}
        within a minute. Do not pass the link on: it signs in whoever opens it.
      </Alert>
    </div>
  );
}

/** It was not used in time, or the person went elsewhere. */
export function ConsoleLinkGone() {
  return (
    <div role="status">
      <Alert type="info" header="The link is gone" i18nStrings={{ infoIconAriaLabel: 'Information' }}>
        It signs in whoever opens it, so it does not stay here when you leave the page, or for longer than a
        minute. Choose Access console again.
      </Alert>
    </div>
  );
}
