import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import type { TargetErrors, TypedTarget } from '../lib/typed-target.ts';
import './typed-target.css';

interface TypedTargetFieldsProps extends TypedTarget {
  errors: TargetErrors;
  onChange: (change: Partial<TypedTarget>) => void;
}

/** Account id and role name, side by side where there is room. */
export function TypedTargetFields({ account, role, errors, onChange }: TypedTargetFieldsProps) {
  return (
    <div className="typed-target">
      <FormField
        label="Account id"
        constraintText="12 digits"
        errorText={errors.account}
        i18nStrings={{ errorIconAriaLabel: 'Error' }}
        stretch
      >
        <Input
          value={account}
          inputMode="numeric"
          autoComplete={false}
          onChange={({ detail }) => onChange({ account: detail.value })}
          ariaRequired
        />
      </FormField>
      <FormField
        label="Role name"
        constraintText="As in AWS, without its path"
        errorText={errors.role}
        i18nStrings={{ errorIconAriaLabel: 'Error' }}
        stretch
      >
        <Input
          value={role}
          autoComplete={false}
          spellcheck={false}
          onChange={({ detail }) => onChange({ role: detail.value })}
          ariaRequired
        />
      </FormField>
    </div>
  );
}
