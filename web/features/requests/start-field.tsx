import FormField from '@cloudscape-design/components/form-field';
import RadioGroup from '@cloudscape-design/components/radio-group';
import { useNow } from '../../lib/clock.ts';
import { formatInstant } from '../../lib/format.ts';
import { localTimeOf } from '../../lib/local-time.ts';
import { DateTimeInput } from '../../ui/date-time-input.tsx';

interface StartFieldProps {
  /** local time as typed; null: at the approval */
  value: string | null;
  /** how far ahead it may lie, in minutes */
  ahead: number;
  onChange: (start: string | null) => void;
  error: string | undefined;
}

const hourMs = 3_600_000;

/** At once when it is approved, or not before a chosen time in the viewer's zone. */
export function StartField({ value, ahead, onChange, error }: StartFieldProps) {
  const now = useNow(30_000);
  const latest = now + ahead * 60_000;
  const choose = (way: string) => {
    const nextHour = (Math.floor(now / hourMs) + 1) * hourMs;
    onChange(way === 'approval' ? null : localTimeOf(Math.min(nextHour, latest)));
  };
  return (
    <div className="stack-close">
      <FormField label="Start">
        <RadioGroup
          direction="horizontal"
          value={value === null ? 'approval' : 'chosen'}
          onChange={({ detail }) => choose(detail.value)}
          items={[
            { value: 'approval', label: 'At the approval' },
            { value: 'chosen', label: 'At a chosen time' },
          ]}
        />
      </FormField>
      {value !== null && (
        <FormField
          label="Date and time"
          description={`In your time zone: ${Intl.DateTimeFormat().resolvedOptions().timeZone}.`}
          constraintText={`At the latest ${formatInstant(new Date(latest).toISOString())}. Where the approval comes later, it starts then.`}
          errorText={error}
          i18nStrings={{ errorIconAriaLabel: 'Error' }}
        >
          <DateTimeInput value={value} onChange={onChange} />
        </FormField>
      )}
    </div>
  );
}
