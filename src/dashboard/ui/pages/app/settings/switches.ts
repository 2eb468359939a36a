// What each switch of an app does, and what it is when nobody has moved it; docs/configuration.md says the same, and a test
// compares.
import type { App, AppSwitches } from '../../../api/types.ts';

interface SwitchTexts<Name> {
  readonly name: Name;
  readonly title: string;
  readonly doc: string;
  readonly byDefault: 'on' | 'off';
}

export const SWITCHES: readonly SwitchTexts<keyof AppSwitches>[] = [
  {
    name: 'enabled',
    title: 'Enabled',
    doc: 'Off: connections are refused with 4003, requests with 403.',
    byDefault: 'on',
  },
  {
    name: 'clientEvents',
    title: 'Client events',
    doc: 'Clients may publish `client-…` events on private and presence channels.',
    byDefault: 'off',
  },
  {
    name: 'subscriptionCount',
    title: 'Subscription count',
    doc: 'Subscribers are told how many they are.',
    byDefault: 'off',
  },
  {
    name: 'subscriptionErrors',
    title: 'Subscription errors',
    doc: 'A refused subscription is told to the channel as well, not only to the connection.',
    byDefault: 'off',
  },
  { name: 'tlsOnly', title: 'TLS only', doc: 'Connections without TLS are closed with 4000.', byDefault: 'off' },
];

export const USER_SWITCHES: readonly SwitchTexts<Exclude<keyof App['userAuthentication'], 'timeoutSeconds'>>[] = [
  { name: 'enabled', title: 'User sign-in', doc: '`pusher:signin` is accepted.', byDefault: 'on' },
  {
    name: 'required',
    title: 'User sign-in required',
    doc: 'A connection that neither signs in nor joins an authorized channel in time is closed with 4009.',
    byDefault: 'off',
  },
];
