/** What is known about one FSPIOP error code. */
export interface ErrorDefinition {
  /** Four digits: class, sub-class, error. */
  readonly code: string;
  /** Standard text, also the description where none is given. */
  readonly name: string;
  /** Status of a synchronous refusal with this code. 400 unless the protocol or the nature of the failure says otherwise. */
  readonly httpStatus: number;
}

/** `code name` or `code status name`, one a line. Codes and meaning: those of the specification, the third-party API and the SDK; statuses: docs/protocol.md, 4. */
const TABLE = `
1000 503 Communication error
1001 503 Destination unreachable
2000 503 Generic server error
2001 503 Internal server error
2002 501 Not implemented
2003 503 Service unavailable for now
2004 503 No answer in time from the next party
2005 503 Server busy
3000 Generic client error
3001 406 Version not supported
3002 404 Unknown URI
3003 Party information could not be added
3040 Party information could not be deleted
3100 Generic validation error
3101 Malformed syntax
3102 Mandatory element missing
3103 Too many elements
3104 Payload too large
3105 Invalid signature
3106 Same id with other content
3107 Mandatory extension missing
3200 Generic id not found
3201 Destination FSP unknown
3202 Payer FSP unknown
3203 Payee FSP unknown
3204 Party not found
3205 Quote not found
3206 Transaction request not found
3207 Transaction not found
3208 Transfer not found
3209 Bulk quote not found
3210 Bulk transfer not found
3300 Generic expired error
3301 Transaction request expired
3302 Quote expired
3303 Transfer expired
4000 Generic payer error
4001 Payer FSP lacks liquidity
4100 Generic payer rejection
4101 Payer rejected the transaction request
4102 Transaction type not supported by the payer FSP
4103 Currency not supported by the payer
4200 Payer limit reached
4300 Payer lacks permission
4400 Payer blocked
5000 Generic payee error
5001 Payee FSP lacks liquidity
5100 Generic payee rejection
5101 Payee rejected the quote
5102 Transaction type not supported by the payee FSP
5103 Payee FSP rejected the quote
5104 Payee rejected the transaction
5105 Payee FSP rejected the transaction
5106 Currency not supported by the payee
5107 Payee identifier no longer valid
5200 Payee limit reached
5300 Payee lacks permission
5400 Payee blocked
6000 Generic third-party error
6001 Third-party request at fault
6003 Downstream failure
6100 Authentication refused
6101 Scopes not supported
6102 Consent not given
6103 Consent not valid
6104 Third-party request refused
6200 Consent credential invalid
6201 Transaction signature invalid
6203 Authentication token invalid
6204 Callback URI unusable
6205 No accounts found
7000 Generic third-party error
7100 Generic third-party transaction error
7101 Transaction request failed the DFSP's validation
7102 Transaction request update could not be sent to the PISP
7103 Quote could not be sent to the payee DFSP
7104 Authorization could not be asked of the PISP
7105 Authorization failed the DFSP's validation
7106 User refused, transaction cancelled
7107 Unexpected authorization response
7108 Transfer of the transaction request failed
7109 Notification of the transaction request failed
7200 Generic account linking error
7201 No FSP with third-party support
7202 No accounts for the identifier
7203 No authentication channel in common
7204 No scope action in common
7205 OTP wrong
7206 OTP could not be checked
7207 Scopes of the consent request not available
7208 Consent request could not be checked
7209 No suitable scopes
7210 Callback URI of the PISP not trusted
7211 Consent requests not allowed for the user
7212 Signed challenge differs from the derived one
7213 Consent invalid
7214 Account links could not be registered
7300 Generic auth service error
`;

function readTable(): ReadonlyMap<string, ErrorDefinition> {
  const definitions = new Map<string, ErrorDefinition>();
  for (const line of TABLE.trim().split('\n')) {
    const match = /^(\d{4}) (?:(\d{3}) )?(.+)$/.exec(line);
    if (match === null) throw new Error(`error table: line '${line}' cannot be read`);
    const [, code = '', status = '400', name = ''] = match;
    definitions.set(code, { code, name, httpStatus: Number(status) });
  }
  return definitions;
}

/** Every FSPIOP error code of the specification, of the third-party API and of the reference SDK, by its code. */
export const ERRORS: ReadonlyMap<string, ErrorDefinition> = readTable();
