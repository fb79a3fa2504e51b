import type { RequestView } from '../../../api/contract.ts';
import { useNow } from '../../lib/clock.ts';
import { formatNear } from '../../lib/format.ts';
import { effectOf } from './review-words.ts';

/** What an approval by the viewer does. */
export function EffectInWords({ request }: { request: RequestView }) {
  const now = useNow(10_000);
  const effect = effectOf(request, now);
  switch (effect.kind) {
    case 'one-of-several':
      return oneOfSeveral(effect);
    case 'starts-later':
      return `Access starts at ${formatNear(effect.start, now)}, as was asked for.`;
    default:
      return 'Access starts as soon as you confirm.';
  }
}

/** From when until when, if the viewer approves now, to follow the duration. */
export function WindowInWords({ request }: { request: RequestView }) {
  const now = useNow(10_000);
  const effect = effectOf(request, now);
  const end = (fromMs: number) =>
    formatNear(new Date(fromMs + request.durationMinutes * 60_000).toISOString(), now);
  switch (effect.kind) {
    case 'one-of-several':
      return `. ${oneOfSeveral(effect)}`;
    case 'starts-later':
      return `, from ${formatNear(effect.start, now)} until ${end(Date.parse(effect.start))}`;
    default:
      return `, from the moment you approve: until about ${end(now)}`;
  }
}

function oneOfSeveral({ nth, of }: { nth: number; of: number }): string {
  return `Yours is approval ${nth} of ${of}. Nothing starts before the others have approved too.`;
}
