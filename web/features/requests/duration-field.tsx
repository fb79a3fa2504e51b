import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import { useState } from 'react';
import { limits } from '../../../api/limits.ts';
import { formatDuration } from '../../lib/format.ts';

const presets = [15, 30, 60, 120, 240] as const;
const other = 'other';

interface DurationFieldProps {
  /** minutes, as typed */
  value: string;
  /** minutes */
  longest: number;
  onChange: (minutes: string) => void;
  error: string | undefined;
  hint: string;
}

/** A few usual lengths, the longest allowed, or any number of minutes. */
export function DurationField({ value, longest, onChange, error, hint }: DurationFieldProps) {
  const [free, setFree] = useState(false);
  const lengths = [...presets.filter((minutes) => minutes < longest), longest];
  const listed = lengths.some((minutes) => String(minutes) === value);
  const chosen = free || !listed ? other : value;
  const choose = (next: string) => {
    setFree(next === other);
    if (next !== other) onChange(next);
  };
  return (
    <div className="stack-close">
      <FormField
        label="Duration"
        constraintText={hint}
        errorText={chosen === other ? undefined : error}
        i18nStrings={{ errorIconAriaLabel: 'Error' }}
      >
        <RadioGroup
          direction="horizontal"
          value={chosen}
          onChange={({ detail }) => choose(detail.value)}
          items={[
            ...lengths.map((minutes) => ({
              value: String(minutes),
              label: minutes === longest ? `${formatDuration(minutes)} (longest)` : formatDuration(minutes),
            })),
            { value: other, label: 'Other' },
          ]}
        />
      </FormField>
      {chosen === other && (
        <FormField
          label="Minutes"
          constraintText={`Whole minutes from ${limits.duration.min} to ${longest}.`}
          errorText={error}
          i18nStrings={{ errorIconAriaLabel: 'Error' }}
        >
          <Input
            value={value}
            inputMode="numeric"
            onChange={({ detail }) => onChange(detail.value)}
            ariaRequired
          />
        </FormField>
      )}
    </div>
  );
}
