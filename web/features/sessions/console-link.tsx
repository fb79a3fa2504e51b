import Alert from '@cloudscape-design/components/alert';

/** The browser opened no tab. The link works for a short time and is gone once it is used. */
export function ConsoleLink({ url, onUsed }: { url: string; onUsed: () => void }) {
  return (
    <div role="status">
      <Alert type="info" header="The console is ready" i18nStrings={{ infoIconAriaLabel: 'Information' }}>
        Your browser did not open a new tab.{' '}
        <a
          className="link"
          href={url}
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
