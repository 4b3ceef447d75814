import { getCACertificates, setDefaultCACertificates } from 'node:tls';

/** A certificate for servers of tests on the loopback address, which nobody trusts unless they are told to; good for a hundred years. */
export const loopbackCertificate = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgCjHKTTiR6j0equ2j
yL0OLH04KKke5b919hFgwcMYuPmhRANCAASrhjpE8MxTiJ3oRgudGIa3GbSGGxEP
EPUipHpcT1JB4LoFbczBz6Z2EmuAq0OFSrGU2WT8NxsEOh5YTYYdoD+Z
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBxDCCAWqgAwIBAgIUTCR7kC7DMcfaWYhkJv7KgFWDkAkwCgYIKoZIzj0EAwIw
ITEfMB0GA1UEAwwWbG9vcGJhY2sgdGVzdCByZWNlaXZlcjAgFw0yNjExMjExNDAx
NDNaGA8yMTI2MTAyODE0MDE0M1owITEfMB0GA1UEAwwWbG9vcGJhY2sgdGVzdCBy
ZWNlaXZlcjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABKuGOkTwzFOInehGC50Y
hrcZtIYbEQ8Q9SKkelxPUkHgugVtzMHPpnYSa4CrQ4VKsZTZZPw3GwQ6HlhNhh2g
P5mjfjB8MB0GA1UdDgQWBBRRA+6ssnVuMk3uD1SEQNG8f/PKHzAfBgNVHSMEGDAW
gBRRA+6ssnVuMk3uD1SEQNG8f/PKHzApBgNVHREEIjAggglsb2NhbGhvc3SCDXJl
Y2VpdmVyLnRlc3SHBH8AAAEwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNI
ADBFAiAHb87AXtOovdeZp0N0L5ubOEVEaUUgnKxUyOOxoFmxRQIhAJ3d77g4VL70
hNYX7rYqLzK8wSycCEBMp+eqBkcCFmbS
-----END CERTIFICATE-----
`,
};

/** From then on this process trusts it, beside all others. */
export function trustLoopbackCertificate(): void {
  setDefaultCACertificates([...getCACertificates('default'), loopbackCertificate.cert]);
}
