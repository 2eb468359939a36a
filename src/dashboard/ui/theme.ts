// Light or dark: as the browser prefers, unless somebody has chosen here.
import { signal } from '@preact/signals';

export type Theme = 'system' | 'light' | 'dark';

const STORED_AS = 'vask.theme';

function stored(): Theme {
  const value = localStorage.getItem(STORED_AS);
  return value === 'light' || value === 'dark' ? value : 'system';
}

export const theme = signal<Theme>(stored());

export function applyTheme(): void {
  if (theme.value === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme.value;
}

export function chooseTheme(chosen: Theme): void {
  theme.value = chosen;
  if (chosen === 'system') localStorage.removeItem(STORED_AS);
  else localStorage.setItem(STORED_AS, chosen);
  applyTheme();
}
