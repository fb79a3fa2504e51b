import { useLayoutEffect, useRef } from 'react';
import { type CliCredentials, type CliFormat, writeCredentials } from './cli-formats.ts';
import type { Secret } from './secret.ts';

interface SecretTextProps {
  secret: Secret<CliCredentials>;
  format: CliFormat;
  profile: string;
}

/**
 * The credentials in clear. NB. The text is put into the element past React, which would keep it among the properties of
 * what it rendered before; and it is taken out again in the moment in which the secret is wiped.
 */
export function SecretText({ secret, format, profile }: SecretTextProps) {
  const element = useRef<HTMLPreElement>(null);
  useLayoutEffect(() => {
    const place = element.current;
    const credentials = secret.read();
    if (place === null || credentials === null) return;
    place.textContent = writeCredentials(format, credentials, profile);
    const clear = () => place.replaceChildren();
    const stop = secret.onWipe(clear);
    return () => {
      stop();
      clear();
    };
  }, [secret, format, profile]);
  return <pre className="credentials code" ref={element} />;
}
