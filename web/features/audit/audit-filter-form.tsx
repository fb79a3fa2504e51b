import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import { type FormEvent, useState } from 'react';
import { serverNow } from '../../lib/clock.ts';
import { DateTimeInput } from '../../ui/date-time-input.tsx';
import {
  type AuditFilter,
  draftOf,
  type FieldErrors,
  type FilterName,
  lastHours,
  readDraft,
} from './audit-filter.ts';
import './audit.css';

/** A field that only one of the pages has: what a request, or a session, is. */
export interface Choice {
  name: 'status' | 'breakGlass' | 'kind';
  label: string;
  hint: string;
  /** what it is called not to choose */
  any: string;
  options: readonly { value: string; label: string }[];
}

interface AuditFilterFormProps {
  filter: AuditFilter;
  choices: readonly Choice[];
  /** what the server said about the fields */
  refused: FieldErrors;
  onApply: (filter: AuditFilter) => void;
}

const periods = [
  { text: 'Last 24 hours', hours: 24 },
  { text: 'Last 7 days', hours: 7 * 24 },
  { text: 'Last 30 days', hours: 30 * 24 },
] as const;

const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** What the audit pages are filtered by. Nothing is fetched until it is applied. */
export function AuditFilterForm({ filter, choices, refused, onApply }: AuditFilterFormProps) {
  const [draft, setDraft] = useState(() => draftOf(filter));
  const [found, setFound] = useState<FieldErrors>({});
  const errors = { ...refused, ...found };
  const set = (name: FilterName) => (value: string) => setDraft({ ...draft, [name]: value });

  const apply = (event: FormEvent) => {
    event.preventDefault();
    const read = readDraft(draft);
    setFound(read.errors);
    if (Object.keys(read.errors).length === 0) onApply(read.filter);
  };
  const applyPeriod = (from: string | null) => {
    const { from: _from, until: _until, ...rest } = readDraft({ ...draft, from: '', until: '' }).filter;
    onApply(from === null ? rest : { ...rest, from });
  };

  return (
    <form className="panel stack" onSubmit={apply} aria-label="Filter" noValidate>
      <div className="audit-fields">
        <FormField label="From" description={zone} errorText={errors.from} stretch>
          <DateTimeInput value={draft.from} onChange={set('from')} />
        </FormField>
        <FormField label="Until" description={zone} errorText={errors.until} stretch>
          <DateTimeInput value={draft.until} onChange={set('until')} />
        </FormField>
        <TextField name="email" label="Person" hint="The whole e-mail address" {...{ draft, errors, set }} />
        <TextField name="account" label="Account" hint="12 digits" {...{ draft, errors, set }} />
        <TextField name="role" label="Role" hint="The whole name" {...{ draft, errors, set }} />
        {choices.map((choice) => (
          <ChoiceField
            key={choice.name}
            choice={choice}
            value={draft[choice.name]}
            error={errors[choice.name]}
            onChange={set(choice.name)}
          />
        ))}
      </div>
      <div className="row-apart">
        <div className="row">
          <Button variant="primary" formAction="submit">
            Apply
          </Button>
          <Button onClick={() => onApply({})}>Clear</Button>
        </div>
        <fieldset className="audit-periods row">
          <legend className="visually-hidden">Period</legend>
          {periods.map(({ text, hours }) => (
            <Button
              key={hours}
              variant="inline-link"
              formAction="none"
              onClick={() => applyPeriod(lastHours(hours, serverNow()))}
            >
              {text}
            </Button>
          ))}
          <Button variant="inline-link" formAction="none" onClick={() => applyPeriod(null)}>
            All time
          </Button>
        </fieldset>
      </div>
    </form>
  );
}

interface TextFieldProps {
  name: 'email' | 'account' | 'role';
  label: string;
  hint: string;
  draft: Record<FilterName, string>;
  errors: FieldErrors;
  set: (name: FilterName) => (value: string) => void;
}

function TextField({ name, label, hint, draft, errors, set }: TextFieldProps) {
  return (
    <FormField label={label} description={hint} errorText={errors[name]} stretch>
      <Input
        value={draft[name]}
        onChange={({ detail }) => set(name)(detail.value)}
        inputMode={name === 'account' ? 'numeric' : name === 'email' ? 'email' : 'text'}
        autoComplete={false}
        spellcheck={false}
      />
    </FormField>
  );
}

interface ChoiceFieldProps {
  choice: Choice;
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
}

function ChoiceField({ choice, value, error, onChange }: ChoiceFieldProps) {
  const options = [{ value: '', label: choice.any }, ...choice.options];
  return (
    <FormField label={choice.label} description={choice.hint} errorText={error} stretch>
      <Select
        options={options}
        selectedOption={options.find((option) => option.value === value) ?? { value, label: value }}
        onChange={({ detail }) => onChange(detail.selectedOption.value ?? '')}
      />
    </FormField>
  );
}
