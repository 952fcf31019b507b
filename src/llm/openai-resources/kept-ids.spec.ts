import { describe, expect, it } from 'vitest';
import { CallBody } from '../../proxy/wire/call-body.js';
import { idInPath, keptIds, referredItems } from './kept-ids.js';

const bodyOf = (value: unknown) => new CallBody([Buffer.from(JSON.stringify(value))]);

describe('ids of what a provider keeps', () => {
  it('are those of the answer, its conversation and its items', () => {
    const answer = {
      id: 'resp_1',
      conversation: { id: 'conv_2' },
      output: [
        { id: 'rs_3', type: 'reasoning' },
        { id: 'msg_4', content: [{ type: 'output_text', text: 'see "id": "msg_5"' }] },
        { id: 'fc_6', call_id: 'call_7' },
      ],
      store: true,
    };
    expect([...keptIds(JSON.stringify(answer, null, 1))]).toEqual([
      'resp_1',
      'conv_2',
      'rs_3',
      'msg_4',
      'fc_6',
    ]);
  });

  it('are none where the answer is not kept, and bounded where it has very many', () => {
    expect(keptIds('{"id":"resp_1","store": false}').size).toBe(0);
    const items = Array.from({ length: 500 }, (_, n) => ({ id: `msg_${n}` }));
    expect(keptIds(JSON.stringify(items)).size).toBe(64);
  });

  it('are found in paths', () => {
    expect(idInPath('/v1/responses/resp_a-B_1')).toBe('resp_a-B_1');
    expect(idInPath('/v1/responses/resp_1/input_items')).toBe('resp_1');
    expect(idInPath('/conversations/conv_1/items/msg_2')).toBe('conv_1');
    expect(idInPath('/v1/responses')).toBeUndefined();
    expect(idInPath('/v1/conversations')).toBeUndefined();
  });

  it('are found where a body refers to items, whatever stands between', () => {
    const input = [
      { type: 'item_reference', id: 'rs_1' },
      { role: 'user', content: `{"type":"item_reference","id":"msg_no"}${'x'.repeat(2000)}` },
      { id: 'msg_2', type: 'item_reference' },
    ];
    expect([...referredItems(bodyOf({ input }))]).toEqual(['rs_1', 'msg_2']);
    expect(referredItems(bodyOf({ input: [{ id: 'msg_9', type: 'message' }] })).size).toBe(0);
  });
});
