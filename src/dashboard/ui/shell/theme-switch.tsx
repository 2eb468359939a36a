// Chooses between light, dark and what the browser prefers.
import { Monitor, Moon, Sun } from 'lucide-preact';
import { Button } from '../parts/button.tsx';
import { chooseTheme, type Theme, theme } from '../theme.ts';

const NEXT = { system: 'light', light: 'dark', dark: 'system' } as const satisfies Record<Theme, Theme>;
const ICONS = { system: Monitor, light: Sun, dark: Moon } as const;
const NAMES = { system: 'as the browser prefers', light: 'light', dark: 'dark' } as const;

export function ThemeSwitch() {
  const Icon = ICONS[theme.value];
  const next = NEXT[theme.value];
  return (
    <Button
      look="plain small icon"
      label={`Colours: ${NAMES[theme.value]}. Change to ${NAMES[next]}`}
      onClick={() => chooseTheme(next)}
    >
      <Icon size={16} aria-hidden="true" />
    </Button>
  );
}
