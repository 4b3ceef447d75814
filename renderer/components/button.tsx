import type { LucideIcon } from 'lucide-react';
import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';

export interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'className' | 'disabled'> {
  readonly look?: 'normal' | 'primary' | 'plain' | 'danger';
  readonly size?: 'normal' | 'small';
  readonly icon?: LucideIcon;
  /** Why it cannot be pressed now. It keeps its place in the tab order, so that the reason can be read. */
  readonly off?: string | undefined;
  readonly children?: ReactNode;
  readonly ref?: Ref<HTMLButtonElement>;
}

export function Button({
  look = 'normal',
  size = 'normal',
  icon: Icon,
  off,
  children,
  onClick,
  title,
  ref,
  ...rest
}: ButtonProps) {
  const classes = ['button', `button-${look}`];
  if (size === 'small') classes.push('button-small');
  if (children === undefined) classes.push('button-icon');
  return (
    <button
      type="button"
      {...rest}
      ref={ref}
      className={classes.join(' ')}
      aria-disabled={off !== undefined || undefined}
      title={off ?? title ?? (children === undefined ? rest['aria-label'] : undefined)}
      onClick={off === undefined ? onClick : (event) => event.preventDefault()}
    >
      {Icon === undefined ? null : <Icon className="icon" strokeWidth={1.6} aria-hidden="true" />}
      {children}
    </button>
  );
}
