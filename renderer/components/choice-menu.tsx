import { Check, ChevronDown } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { Button } from './button.tsx';
import { layerRoot } from './layer-root.ts';

interface ChoiceMenuProps<T extends string> {
  /** `Group`: what is chosen. */
  readonly name: string;
  readonly choices: readonly { readonly value: T; readonly label: string }[];
  readonly value: T;
  onChoose(value: T): void;
}

/** `Group: none` with the other choices behind it. */
export function ChoiceMenu<T extends string>({ name, choices, value, onChoose }: ChoiceMenuProps<T>) {
  const chosen = choices.find((choice) => choice.value === value);
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <Button look="plain" size="small">
          {name}: {withinSentence(chosen?.label ?? '')}
          <ChevronDown className="icon icon-tiny" aria-hidden="true" />
        </Button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal container={layerRoot()}>
        <DropdownMenu.Content className="layer menu" align="start" sideOffset={4} collisionPadding={8}>
          <DropdownMenu.RadioGroup
            value={value}
            onValueChange={(next) => {
              const found = choices.find((choice) => choice.value === next);
              if (found !== undefined) onChoose(found.value);
            }}
          >
            {choices.map((choice) => (
              <DropdownMenu.RadioItem className="menu-item menu-choice" key={choice.value} value={choice.value}>
                <DropdownMenu.ItemIndicator className="menu-check">
                  <Check className="icon" strokeWidth={1.6} aria-hidden="true" />
                </DropdownMenu.ItemIndicator>
                <span className="menu-verb">{choice.label}</span>
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** `None` becomes `none`; `CPU` stays what it is. */
function withinSentence(label: string): string {
  return /^[A-Z][a-z]/.test(label) ? `${label.slice(0, 1).toLowerCase()}${label.slice(1)}` : label;
}
