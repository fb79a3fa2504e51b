import Button from '@cloudscape-design/components/button';
import Tabs from '@cloudscape-design/components/tabs';
import { useState } from 'react';
import { CopyButton } from '../../ui/copy-button.tsx';
import { type CliFormat, cliFormats, profileName, writeCredentials } from './cli-formats.ts';
import { SecretText } from './secret-text.tsx';
import type { CliSession } from './use-cli.ts';
import './sessions.css';

const words: Record<CliFormat, { name: string; use: string }> = {
  posix: { name: 'bash, zsh', use: 'Paste this into a terminal. It holds for that terminal only.' },
  fish: { name: 'fish', use: 'Paste this into a terminal. It holds for that terminal only.' },
  powershell: {
    name: 'PowerShell',
    use: 'Paste this into a PowerShell window. It holds for that window only.',
  },
  cmd: { name: 'cmd', use: 'Paste this into a command prompt. It holds for that window only.' },
  profile: {
    name: 'Profile',
    use: 'Add this to the file ~/.aws/credentials, and remove it when you are done. Then use it by its name: aws --profile <name>.',
  },
  process: {
    name: 'credential_process',
    use: 'What a credential_process of the AWS CLI and SDKs prints: they read when the credentials end.',
  },
};

// Plain characters, so that the masked text is written by the same rules as the real one.
const mask = '****************';
const masks = { accessKeyId: mask, secretAccessKey: mask, sessionToken: mask };

/** The credentials for one shell or file at a time, masked until they are asked for. Copying needs no unmasking. */
export function CredentialFormats({ session: { secret, target, endsAt } }: { session: CliSession }) {
  const [format, setFormat] = useState<CliFormat>('posix');
  const [masked, setMasked] = useState(true);
  const profile = profileName(target);
  // NB. Never kept in a variable of a rendering: it is written when it is copied or put into the page.
  const write = () => {
    const credentials = secret.read();
    return credentials && writeCredentials(format, credentials, profile);
  };

  return (
    <Tabs
      ariaLabel="Format"
      activeTabId={format}
      onChange={({ detail }) =>
        setFormat(cliFormats.find((known) => known === detail.activeTabId) ?? 'posix')
      }
      i18nStrings={{ scrollLeftAriaLabel: 'Earlier formats', scrollRightAriaLabel: 'Further formats' }}
      tabs={cliFormats.map((known) => ({
        id: known,
        label: words[known].name,
        content: known === format && (
          <div className="stack-close">
            <p className="session-text">{words[known].use}</p>
            {write() === null ? (
              <p className="session-text">
                These credentials have a character that cannot be written safely in this format. Use another
                one.
              </p>
            ) : (
              <>
                {masked ? (
                  <pre className="credentials code">
                    {writeCredentials(format, { ...masks, endsAt }, profile)}
                  </pre>
                ) : (
                  <SecretText secret={secret} format={format} profile={profile} />
                )}
                <div className="row">
                  <CopyButton text={() => write() ?? ''} what={`for ${words[known].name}`} />
                  <Button
                    iconName={masked ? 'lock-private' : 'unlocked'}
                    ariaExpanded={!masked}
                    onClick={() => setMasked(!masked)}
                  >
                    {masked ? 'Show' : 'Hide'}
                  </Button>
                </div>
              </>
            )}
          </div>
        ),
      }))}
    />
  );
}
