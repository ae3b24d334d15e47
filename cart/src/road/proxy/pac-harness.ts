/**
 * Runs a PAC file's script inside the sandbox and brings out one short text, whatever the script answers or throws.
 *
 * Only text crosses the sandbox's wall. What turns the script's values and faults into text is taken before the script runs, so
 * that it cannot be exchanged by it, and runs under the sandbox's limits of time and memory.
 *
 * | text | means |
 * |---|---|
 * | `named …` | the list of proxies, cut off one character beyond what is taken |
 * | `strange` | something else than text |
 * | `lacks` | there is no function `FindProxyForURL` |
 * | `fails …` | a fault, with its name and words |
 */

/** Characters of a list of proxies. */
export const NAMED_CHARACTERS_MAX = 2000;
const FAULT_CHARACTERS_MAX = 200;
/** Of a name that is asked for (RFC 1035 section 2.3.4). */
const NAME_CHARACTERS_MAX = 253;

export const PAC_HARNESS = String.raw`
(function () {
  var cut = Function.prototype.call.bind(String.prototype.slice);
  // Not the word itself: called like this the script runs in the global scope.
  var run = eval;
  // The script cannot reach the functions behind these, so nothing long is handed out.
  var ask = dnsResolve, own = myIpAddress();
  dnsResolve = function (name) {
    return typeof name === 'string' && name.length <= ${NAME_CHARACTERS_MAX} ? ask(name) : null;
  };
  myIpAddress = function () { return own; };
  var told = function (fault) {
    try {
      if (typeof fault === 'string') return cut(fault, 0, ${FAULT_CHARACTERS_MAX});
      var name = fault.name, message = fault.message;
      if (typeof name !== 'string' || typeof message !== 'string') return 'an unknown fault';
      return cut(name, 0, 40) + ': ' + cut(message, 0, ${FAULT_CHARACTERS_MAX});
    } catch (_) { return 'an unknown fault'; }
  };
  return function (text, url, host) {
    try {
      var find = run(text + '\n;typeof FindProxyForURL === "function" ? FindProxyForURL : undefined');
      if (typeof find !== 'function') return 'lacks';
      var named = find(url, host);
      if (named === undefined || named === null) return 'named ';
      return typeof named === 'string' ? 'named ' + cut(named, 0, ${NAMED_CHARACTERS_MAX + 1}) : 'strange';
    } catch (fault) { return 'fails ' + told(fault); }
  };
})()`;
