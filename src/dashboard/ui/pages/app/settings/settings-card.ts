// What the cards of the settings share.
import type { App } from '../../../api/types.ts';

/** Saves at once; tells whether that went well. */
export type Save = (change: Readonly<Record<string, unknown>>) => Promise<boolean>;

export interface SettingsCardProps {
  readonly app: App;
  readonly mayChange: boolean;
  readonly save: Save;
}
