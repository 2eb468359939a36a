// What all pages of one app share: the app, the key to connect with, and what the caller may do.
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Resource } from '../../api/resource.ts';
import type { App, Key, List } from '../../api/types.ts';

export interface AppScopeValue {
  readonly app: App;
  /** The key to connect with. */
  readonly key: string;
  readonly keys: Resource<List<Key>>;
  /** The caller may publish, sign and change members. */
  readonly mayManage: boolean;
  /** The caller may also change the app itself, which one of the configuration does not allow here. */
  readonly mayChange: boolean;
  readonly set: (app: App) => void;
  readonly reload: () => Promise<void>;
}

export const AppScope = createContext<AppScopeValue | null>(null);

export function useAppScope(): AppScopeValue {
  const scope = useContext(AppScope);
  if (scope === null) throw new Error('This is a page of an app, and there is none.');
  return scope;
}
