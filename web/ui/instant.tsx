import { formatInstant } from '../lib/format.ts';

/** An instant (RFC 3339) in the viewer's language and zone. */
export function Instant({ at }: { at: string }) {
  return (
    <time dateTime={at} title={at}>
      {formatInstant(at)}
    </time>
  );
}
