import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cutText, ERRORS, errorBody, errorClass, FspiopError, isErrorCode, standardDescription } from './errors.ts';

test('errors: every code of the reference is known, with a text that fits and a status of the API', () => {
  assert.equal(ERRORS.size, 98);
  for (const [code, definition] of ERRORS) {
    assert.ok(isErrorCode(code));
    assert.equal(definition.code, code);
    assert.ok(definition.name.length >= 1 && definition.name.length <= 128);
    assert.ok([400, 404, 406, 501, 503].includes(definition.httpStatus), code);
  }
});

test('errors: an unknown code is handled as its class, and never changes when it is known', () => {
  assert.equal(errorClass('5199'), '5100');
  assert.equal(errorClass('5240'), '5200');
  assert.equal(errorClass('5104'), '5104');
  assert.equal(errorClass('5999'), '5000');
  assert.equal(errorClass('1042'), '1000');
  assert.equal(errorClass('9999'), '2001');
  assert.equal(errorClass('404'), '2001');
  assert.equal(standardDescription('5240'), standardDescription('5200'));
});

test('errors: an HTTP status is never taken for an error code', () => {
  for (const code of ['404', '422', '500', '', '0999', '31000', 'ABCD', '３１００']) {
    assert.equal(isErrorCode(code), false);
    assert.equal(errorBody(code, 'x').errorInformation.errorCode, '2001');
  }
  assert.equal(isErrorCode(3100), false);
});

test('errors: a body is valid whatever it is made of', () => {
  const text = fc.string({ unit: 'binary', maxLength: 300 });
  const list = fc.record({ extension: fc.array(fc.record({ key: text, value: text }), { maxLength: 20 }) });
  fc.assert(
    fc.property(text, text, list, (code, description, extensionList) => {
      const { errorInformation } = errorBody(code, description, extensionList);
      assert.match(errorInformation.errorCode, /^[1-9]\d{3}$/);
      const points = [...errorInformation.errorDescription];
      assert.ok(points.length >= 1 && points.length <= 128);
      assert.ok(errorInformation.errorDescription.isWellFormed() || !description.isWellFormed());
      for (const { key, value } of errorInformation.extensionList?.extension ?? []) {
        assert.ok([...key].length >= 1 && [...key].length <= 32 && [...value].length >= 1 && [...value].length <= 128);
      }
      assert.ok(
        (errorInformation.extensionList?.extension.length ?? 1) >= 1 && (errorInformation.extensionList?.extension.length ?? 1) <= 16,
      );
    }),
  );
});

test('errors: the seventeenth extension is left out, an incomplete one too', () => {
  const extension = Array.from({ length: 18 }, (_, index) => ({ key: `k${index}`, value: index === 3 ? '' : 'v' }));
  const kept = errorBody('3100', 'x', { extension }).errorInformation.extensionList?.extension;
  assert.deepEqual(
    kept?.map(({ key }) => key),
    ['k0', 'k1', 'k2', ...Array.from({ length: 13 }, (_, index) => `k${index + 4}`)],
  );
});

test('errors: a description is cut between characters, never inside one', () => {
  assert.equal(cutText('😀'.repeat(200), 128), '😀'.repeat(128));
  assert.equal(cutText(`a${'😀'.repeat(200)}`, 128), `a${'😀'.repeat(127)}`);
  assert.equal(cutText('short', 128), 'short');
});

test('errors: an error knows its status and becomes its own body', () => {
  const error = new FspiopError('3001', '', { extensionList: { extension: [{ key: '1', value: '0' }] } });
  assert.equal(error.httpStatus, 406);
  assert.deepEqual(error.toBody(), {
    errorInformation: {
      errorCode: '3001',
      errorDescription: 'Version not supported',
      extensionList: { extension: [{ key: '1', value: '0' }] },
    },
  });
  assert.equal(new FspiopError('3000', 'x', { httpStatus: 405 }).httpStatus, 405);
  assert.equal(new FspiopError('5240').httpStatus, 400);
  assert.equal(new FspiopError('2003').httpStatus, 503);
});
