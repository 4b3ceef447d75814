interface SwitchProps {
  readonly label: string;
  readonly isOn: boolean;
  /** Why it cannot be switched now. */
  readonly off?: string | undefined;
  onChange(isOn: boolean): void;
}

/** On or off, at once. */
export function Switch({ label, isOn, off, onChange }: SwitchProps) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={isOn}
      aria-label={label}
      aria-disabled={off !== undefined || undefined}
      title={off ?? (isOn ? 'On: press to switch it off' : 'Off: press to switch it on')}
      className="switch"
      onClick={() => off === undefined && onChange(!isOn)}
    >
      <span className="switch-knob" />
    </button>
  );
}
