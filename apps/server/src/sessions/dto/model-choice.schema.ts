/** One entry of a fallback chain, for the document. */
export const MODEL_CHOICE_SCHEMA = {
  oneOf: [
    { type: 'string', pattern: '^[a-z0-9][a-z0-9_-]{0,63}:[\\w./:-]{1,128}$' },
    {
      type: 'object',
      properties: { model: { type: 'string' }, options: { type: 'object', additionalProperties: true } },
      required: ['model', 'options'],
      additionalProperties: false,
    },
  ],
};
