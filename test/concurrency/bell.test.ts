import { expect, it } from 'vitest';
import { createBell } from '../../src/concurrency/bell.ts';

it('is heard by everybody who listens by then, in the order they came', () => {
  const heard: string[] = [];
  const bell = createBell<string>();
  bell.ring('nobody');
  bell.listen((news) => heard.push(`one ${news}`));
  bell.ring('first');
  bell.listen((news) => heard.push(`two ${news}`));
  bell.ring('second');
  expect(heard).toEqual(['one first', 'one second', 'two second']);
});
