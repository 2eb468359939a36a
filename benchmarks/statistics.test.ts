import { expect, test } from 'bun:test';
import { ratiosByRound, spreadOf } from './statistics.ts';

test('the median of an odd number of values is the middle one', () => {
  expect(spreadOf([5, 1, 3]).median).toBe(3);
});

test('the median of an even number of values lies between the two middle ones', () => {
  expect(spreadOf([10, 1, 2, 4]).median).toBe(3);
});

test('the quartiles enclose the middle half, whatever the extremes', () => {
  expect(spreadOf([1_000, 2, 3, 4, -1_000])).toEqual({ lower: 2, median: 3, upper: 4 });
});

test('a single value is its own spread', () => {
  expect(spreadOf([7])).toEqual({ lower: 7, median: 7, upper: 7 });
});

test('ratios pair the windows of the same round', () => {
  expect(ratiosByRound([10, 30], [20, 40])).toEqual([0.5, 0.75]);
});
