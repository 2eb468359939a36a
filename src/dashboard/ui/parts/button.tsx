// Buttons, and links that look like them.
import type { ComponentChildren, JSX } from 'preact';

interface ButtonProps {
  readonly children: ComponentChildren;
  readonly look?: string;
  readonly label?: string;
  readonly type?: 'button' | 'submit';
  readonly disabled?: boolean;
  readonly pressed?: boolean;
  readonly onClick?: JSX.MouseEventHandler<HTMLButtonElement>;
}

/** @param label of a button that shows only an icon. */
export function Button({ children, look = '', label, type = 'button', disabled, pressed, onClick }: ButtonProps) {
  return (
    <button
      type={type}
      class={`button ${look}`}
      aria-label={label}
      title={label}
      disabled={disabled}
      aria-pressed={pressed}
      onClick={onClick}
    >
      {children}
    </button>
  );
}
