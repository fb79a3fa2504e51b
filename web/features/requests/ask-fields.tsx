import FormField from '@cloudscape-design/components/form-field';
import Textarea from '@cloudscape-design/components/textarea';
import { limits } from '../../../api/limits.ts';
import type { AskDraft, AskErrors, AskLimits } from './ask-check.ts';
import { DurationField } from './duration-field.tsx';
import { StartField } from './start-field.tsx';
import { TicketField } from './ticket-field.tsx';

interface AskFieldsProps {
  draft: AskDraft;
  limits: AskLimits;
  errors: AskErrors;
  /** said below the lengths of time */
  durationHint: string;
  /** what to write as the justification */
  justificationHint: string;
  onChange: (change: Partial<AskDraft>) => void;
}

/** How long, from when, why and for which ticket. */
export function AskFields({ draft, errors, onChange, limits: asked, ...hints }: AskFieldsProps) {
  return (
    <>
      <DurationField
        value={draft.minutes}
        longest={asked.longest}
        onChange={(minutes) => onChange({ minutes })}
        error={errors.duration}
        hint={hints.durationHint}
      />
      {asked.startAheadMinutes > 0 && (
        <StartField
          value={draft.start}
          ahead={asked.startAheadMinutes}
          onChange={(start) => onChange({ start })}
          error={errors.start}
        />
      )}
      <FormField
        label="Justification"
        description={hints.justificationHint}
        constraintText={`${draft.justification.length} of ${limits.justification.max} characters, at least ${asked.least}.`}
        errorText={errors.justification}
        i18nStrings={{ errorIconAriaLabel: 'Error' }}
        stretch
      >
        <Textarea
          value={draft.justification}
          rows={5}
          onChange={({ detail }) => onChange({ justification: detail.value })}
          ariaRequired
        />
      </FormField>
      <TicketField
        value={draft.ticket}
        tickets={asked.tickets}
        onChange={(ticket) => onChange({ ticket })}
        error={errors.ticket}
      />
    </>
  );
}
