import { expect, test } from 'bun:test';
import type { AppId } from '../protocol/ids.ts';
import { Rates } from './rates.ts';

const APP = 'app' as AppId;
const NOTHING = { broadcasts: 0, clientEvents: 0, requests: 0, messagesIn: 0, messagesOut: 0, bytesIn: 0, bytesOut: 0 };
const usage = (broadcasts: number, messagesOut: number) =>
  [[APP, { ...NOTHING, errors: 0, broadcasts, messagesOut }]] as const;

test('[A-5.13] rates are those of the last five seconds, in tenths', () => {
  const rates = new Rates();
  expect(rates.of(APP)).toEqual({ publishesPerSecond: 0, messagesPerSecond: 0 });
  for (let second = 0; second <= 7; second++) rates.look(usage(second * second, second));
  expect(rates.of(APP)).toEqual({ publishesPerSecond: 9, messagesPerSecond: 1 });
  rates.look(usage(50, 7));
  expect(rates.of(APP)).toEqual({ publishesPerSecond: 8.2, messagesPerSecond: 0.8 });
});

test('[A-5.13] an app that is new or begins anew has no negative rate', () => {
  const rates = new Rates();
  rates.look([]);
  rates.look(usage(3, 4));
  expect(rates.of(APP)).toEqual({ publishesPerSecond: 3, messagesPerSecond: 4 });
  rates.forget();
  rates.look(usage(100, 0));
  rates.look(usage(1, 0));
  expect(rates.of(APP).publishesPerSecond).toBe(0);
});
