import { describe } from 'vitest';
import { createInProcessQueue } from '../../../src/adapters/queue/in-process.ts';
import { queueContract } from '../../contracts/queue.ts';

describe('the queue of one process', () => queueContract(createInProcessQueue));
