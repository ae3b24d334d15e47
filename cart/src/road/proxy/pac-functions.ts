/**
 * The functions that every PAC file may count on, after Netscape's original description of 1996, which browsers keep to. They run
 * inside the sandbox as the script itself does; `dnsResolve` and `myIpAddress` come from outside.
 */
export const PAC_FUNCTIONS = String.raw`
function isPlainHostName(host) { return String(host).indexOf('.') === -1; }
function dnsDomainIs(host, domain) {
  host = String(host).toLowerCase(); domain = String(domain).toLowerCase();
  return host.length >= domain.length && host.substring(host.length - domain.length) === domain;
}
function localHostOrDomainIs(host, hostdom) {
  host = String(host).toLowerCase(); hostdom = String(hostdom).toLowerCase();
  return host === hostdom || hostdom.lastIndexOf(host + '.', 0) === 0;
}
function isResolvable(host) { return dnsResolve(String(host)) !== null; }
function convert_addr(text) {
  var parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(String(text));
  if (parts === null) return null;
  var number = 0;
  for (var index = 1; index <= 4; index += 1) {
    if (Number(parts[index]) > 255) return null;
    number = number * 256 + Number(parts[index]);
  }
  return number >>> 0;
}
function isInNet(host, pattern, mask) {
  var address = convert_addr(host);
  if (address === null) {
    var found = dnsResolve(String(host));
    if (found === null) return false;
    address = convert_addr(found);
  }
  var network = convert_addr(pattern), bits = convert_addr(mask);
  if (address === null || network === null || bits === null) return false;
  return (address & bits) === (network & bits);
}
function dnsDomainLevels(host) { return String(host).split('.').length - 1; }
function shExpMatch(text, pattern) {
  text = String(text); pattern = String(pattern);
  // Greedy with one way back: no pattern takes longer than the product of both lengths.
  var at = 0, wanted = 0, star = -1, mark = 0;
  while (at < text.length) {
    var each = pattern.charAt(wanted);
    if (wanted < pattern.length && each === '*') { star = wanted; wanted += 1; mark = at; }
    else if (wanted < pattern.length && (each === '?' || each === text.charAt(at))) { at += 1; wanted += 1; }
    else if (star !== -1) { wanted = star + 1; mark += 1; at = mark; }
    else return false;
  }
  while (pattern.charAt(wanted) === '*') wanted += 1;
  return wanted === pattern.length;
}
function alert() {}
(function (global) {
  var DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
  var MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
  // What was given, without the closing 'GMT', and the moment as numbers of that time zone.
  function given(args) {
    var list = Array.prototype.slice.call(args);
    var isGMT = list.length > 0 && String(list[list.length - 1]).toUpperCase() === 'GMT';
    if (isGMT) list.pop();
    var now = new Date();
    var get = function (what) { return now[(isGMT ? 'getUTC' : 'get') + what](); };
    return { list: list, get: get };
  }
  function between(value, from, to) {
    return from <= to ? from <= value && value <= to : value >= from || value <= to;
  }
  function indexOf(names, value) { return names.indexOf(String(value).toUpperCase()); }

  global.weekdayRange = function () {
    var it = given(arguments);
    var from = indexOf(DAYS, it.list[0]);
    var to = it.list.length > 1 ? indexOf(DAYS, it.list[1]) : from;
    return from >= 0 && to >= 0 && between(it.get('Day'), from, to);
  };
  global.timeRange = function () {
    var it = given(arguments);
    var list = it.list.map(Number);
    var now = it.get('Hours') * 3600 + it.get('Minutes') * 60 + it.get('Seconds');
    if (list.length === 1) return it.get('Hours') === list[0];
    if (list.length === 2) return between(it.get('Hours'), list[0], list[1] - 1);
    if (list.length === 4) {
      return between(now, list[0] * 3600 + list[1] * 60, list[2] * 3600 + list[3] * 60);
    }
    if (list.length === 6) {
      return between(now, list[0] * 3600 + list[1] * 60 + list[2], list[3] * 3600 + list[4] * 60 + list[5]);
    }
    return false;
  };
  // Each half names some of day, month and year; both name the same. What neither names does not count.
  global.dateRange = function () {
    var it = given(arguments);
    function part(value) {
      var month = indexOf(MONTHS, value);
      if (month >= 0) return { is: 'month', value: month };
      return { is: Number(value) > 31 ? 'year' : 'day', value: Number(value) };
    }
    var parts = it.list.map(part);
    function number(half) {
      var total = 0;
      half.forEach(function (each) {
        total += each.value * (each.is === 'year' ? 10000 : each.is === 'month' ? 100 : 1);
      });
      return total;
    }
    function today(half) {
      return number(half.map(function (each) {
        var get = each.is === 'year' ? 'FullYear' : each.is === 'month' ? 'Month' : 'Date';
        return { is: each.is, value: it.get(get) };
      }));
    }
    if (parts.length === 1) return today(parts) === number(parts);
    if (parts.length === 0 || parts.length % 2 !== 0) return false;
    var from = parts.slice(0, parts.length / 2), to = parts.slice(parts.length / 2);
    return between(today(from), number(from), number(to));
  };
})(this);
`;
