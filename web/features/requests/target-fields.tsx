import Button, { type ButtonProps } from '@cloudscape-design/components/button';
import { useRef, useState } from 'react';
import type { EligibleTargetView } from '../../../api/contract.ts';
import { limits } from '../../../api/limits.ts';
import type { Slot } from './request-form-check.ts';
import { RuleBox } from './rule-box.tsx';
import { TargetField } from './target-field.tsx';

interface TargetFieldsProps {
  slots: readonly Slot[];
  /** by the key of the slot */
  errors: Readonly<Record<number, string>>;
  /** false where it has to stay with one role */
  mayAdd: boolean;
  onChange: (slots: readonly Slot[]) => void;
}

/** The roles that one form asks for: one at first, and as many more as are wanted, each with what applies to it. */
export function TargetFields({ slots, errors, mayAdd, onChange }: TargetFieldsProps) {
  const [added, setAdded] = useState<number | null>(null);
  const addButton = useRef<ButtonProps.Ref>(null);
  const many = slots.length > 1;
  const choose = (key: number, target: EligibleTargetView) =>
    onChange(slots.map((slot) => (slot.key === key ? { key, target } : slot)));
  const add = () => {
    const key = Math.max(...slots.map((slot) => slot.key)) + 1;
    setAdded(key);
    onChange([...slots, { key, target: null }]);
  };
  const remove = (key: number) => {
    onChange(slots.filter((slot) => slot.key !== key));
    // The button that was pressed is gone, and the keyboard must not be lost with it.
    requestAnimationFrame(() => addButton.current?.focus());
  };
  return (
    <div className="stack">
      {slots.map(({ key, target }, index) => {
        const label = many ? `Role and account ${index + 1}` : 'Role and account';
        return (
          <fieldset key={key} className="ask-slot">
            <legend className="visually-hidden">{label}</legend>
            <div className={many ? 'ask-slot-fields' : undefined}>
              <TargetField
                label={label}
                value={target}
                taken={slots.flatMap((slot) => (slot.key !== key && slot.target ? [slot.target] : []))}
                onChange={(chosen) => choose(key, chosen)}
                arrived={key === added}
                error={errors[key]}
              />
              {many && (
                <Button
                  iconName="remove"
                  formAction="none"
                  ariaLabel={`Remove ${target ? `${target.role} in ${target.account}` : `role ${index + 1}`}`}
                  onClick={() => remove(key)}
                >
                  Remove
                </Button>
              )}
            </div>
            {target && <RuleBox target={target} rule={target.rule} open={!many} />}
          </fieldset>
        );
      })}
      {mayAdd && (
        <div className="row">
          <Button
            ref={addButton}
            iconName="add-plus"
            formAction="none"
            disabled={slots.length >= limits.targets.max}
            onClick={add}
          >
            Add another role
          </Button>
          {many && (
            <span className="quiet">
              Each becomes a request of its own, at most {limits.targets.max} at a time. They share all that
              follows, and reviewers see them together.
            </span>
          )}
        </div>
      )}
    </div>
  );
}
