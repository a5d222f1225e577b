/** The one account of the gateway's user. */
export const ACCOUNT = "DU1234567";
