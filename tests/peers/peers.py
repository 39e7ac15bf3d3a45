#!/usr/bin/env python3
"""What l2tpscope reads in a capture, against what tshark reads in it.

usage: peers.py L2TPSCOPE FOLDER...

Both decodings of a frame become facts, one line each (`lcp option 5 length 6 4dd55d57`). A fact
that only one of the two states is a difference. Every difference must be explained by a row of
explained.tsv, and every row must explain one: exit 1 otherwise. 77: nothing to compare.
"""
import fnmatch
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

HERE = pathlib.Path(__file__).parent
NAMES = {0xC021: "lcp", 0x8021: "ipcp", 0x8057: "ipv6cp", 0x80FD: "ccp", 0xC023: "pap",
         0xC223: "chap", 0xC227: "eap", 0xC029: "cbcp", 0x8031: "bcp", 0x8281: "mplscp",
         0x8053: "ecp", 0x8207: "cdpcp", 0x8023: "osinlcp"}
# Layers whose single fields are compared where both decoders name them.
FAMILY = {"l2tp", "ppp", "lcp", "ipcp", "ipv6cp", "ccp", "cbcp", "bcp_ncp", "pap", "chap", "eap",
          "mp", "pppoed", "radius"}
# tshark's fields of what l2tpscope calls the name, value and message of an authentication.
NAME_FIELDS = {"chap.name", "pap.peer_id", "eap.identity", "eap.md5.extra_data"}
VALUE_FIELDS = {"chap.value", "pap.password", "eap.md5.value"}
MESSAGE_FIELDS = {"chap.message", "pap.message"}


def protocol_name(number):
    return NAMES.get(number, f"ppp {number:04x}")


def show(label, value):
    return "" if value is None else f" {label} {value}"


# What l2tpscope says.

def l2tp_facts(head):
    flags = None if head["flags"] is None else f"{head['flags']:04x}"
    yield (f"l2tp version {head['version']}" + show("flags", flags) +
           show("length", head["length"]) + show("tunnel", head["tunnel_id"]) +
           show("session", head["session_id"]) + show("Ns", head["ns"]) + show("Nr", head["nr"]))
    if head["message_type"]:
        yield f"message {head['message_type']}"
    for avp in head["avps"]:
        name = f"avp {avp['vendor']}/{avp['avp']}"
        marks = ("M" if avp["mandatory"] else "") + ("H" if avp["hidden"] else "")
        yield f"{name} length {avp['length']} {marks or '-'} {avp['hex'] or ''}".rstrip()
        if avp["value"] is not None:
            yield f"{name} is {json.dumps(avp['value'])}"


def ppp_facts(packet):
    name = protocol_name(packet["protocol"])
    yield f"{name} code {packet['code']} id {packet['id']} length {packet['length']}"
    for option in packet["options"]:
        yield (f"{name} option {option['option']} length {option['length']} "
               f"{option['hex'] or ''}").rstrip()
        yield f"{name} option {option['option']} is {json.dumps(option['value'])}"
    if not packet["options"] and packet.get("hex"):
        yield f"{name} body {packet['hex']}"
    for key in ("name", "message", "value"):
        if packet.get(key) is not None and name in ("chap", "pap", "eap"):
            yield f"{name} {key} {packet[key]}"


def neighbour_facts(message):
    if "data" in message and message["data"]["protocol"] is not None:
        yield f"data of ppp {message['data']['protocol']:04x}"
    if "pppoe" in message:
        head = message["pppoe"]
        yield (f"pppoe code {head['code']} session {head['session_id']} "
               f"length {head['length']}")
    if "radius" in message:
        head = message["radius"]
        yield f"radius code {head['code']} id {head['id']} length {head['length']}"


def value_facts(values):
    for value in values:
        if value["field"] is not None and value["value"] is not None:
            shown = value["value"]
            shown = int(shown) if isinstance(shown, bool) else shown
            yield f"{value['field']} is {json.dumps(shown)}"


def read_ours(program, capture, secrets):
    options = ["--secrets", secrets] if secrets else []
    run = subprocess.run([program, "decode", "--json", "--show-secrets", *options, capture],
                         capture_output=True, encoding="utf-8", check=False)
    if run.returncode not in (0, 4):  # 4: the capture is cut short
        sys.exit(f"{capture}: l2tpscope ended with {run.returncode}\n{run.stderr}")
    frames = {}
    for line in run.stdout.splitlines():
        message = json.loads(line)
        if message["type"] != "message":
            continue
        facts = frames.setdefault(message["frame"], [])
        if "l2tp" in message:
            facts.extend(l2tp_facts(message["l2tp"]))
        if "ppp" in message:
            facts.extend(ppp_facts(message["ppp"]))
        facts.extend(neighbour_facts(message))
        facts.extend(value_facts(message.get("values", [])))
    return frames


# What tshark says (PDML: one element a field, with its octets).

def find(element, name):
    return next((f for f in element.iter("field") if f.get("name") == name), None)


def number(element, name):
    field = find(element, name)
    return None if field is None else int(field.get("value"), 16)


def octets(field):
    """The octets of a field, or of its parts. The value of a named field may be a bit of them."""
    value = field.get("value")
    if value is not None and (field.get("name") == "" or len(value) == 2 * int(field.get("size"))):
        return value
    return parts(field)


def parts(element):
    """The octets of all parts, each once, in the order of the packet."""
    result, end = "", 0
    for field in sorted(element, key=lambda f: (int(f.get("pos")), -int(f.get("size")))):
        if int(field.get("pos")) >= end and field.get("hide") != "yes":
            result += octets(field)
            end = int(field.get("pos")) + int(field.get("size"))
    return result


def tshark_avp(tree):
    # Of a hidden attribute tshark shows no vendor and type; its octets have them.
    raw = octets(tree)
    name = f"avp {int(raw[4:8], 16)}/{int(raw[8:12], 16)}"
    marks = "".join(m for m, f in (("M", "mandatory"), ("H", "hidden"))
                    if number(tree, f"l2tp.avp.{f}"))
    length = find(tree, "l2tp.avp.length").get("show")
    yield f"{name} length {length} {marks or '-'} {raw[12:]}".rstrip()
    values = [f for f in tree if int(f.get("pos")) >= int(tree.get("pos")) + 6]
    if len(values) == 1 and len(values[0]) == 0:
        yield from tshark_value(name, values[0])


def tshark_value(name, field):
    shown = field.get("show") or ""
    if shown and shown == text(field) or re.fullmatch(r"\d+(\.\d+){3}", shown):
        yield f"{name} is {json.dumps(shown)}"
    elif re.fullmatch(r"0x[0-9a-f]+|\d+", shown):
        yield f"{name} is {int(shown, 16 if shown.startswith('0x') else 10)}"
    elif name == field.get("name") and re.fullmatch(r"[0-9a-f]{2}(:?[0-9a-f]{2})*", shown):
        yield f"{name} is {json.dumps('0x' + shown.replace(':', ''))}"


def tshark_l2tp(layer):
    flags = find(layer, "l2tp.flags")
    # Over IP a data message of L2TPv3 is a session id alone: no flags, no version.
    version = number(layer, "l2tp.version") or 3
    yield (f"l2tp version {version}" +
           show("flags", None if flags is None else flags.get("value")) +
           show("length", number(layer, "l2tp.length")) +
           show("tunnel", number(layer, "l2tp.tunnel") if version == 2 else
                number(layer, "l2tp.ccid")) +
           show("session", number(layer, "l2tp.session") if version == 2 else
                number(layer, "l2tp.sid")) +
           show("Ns", number(layer, "l2tp.Ns")) + show("Nr", number(layer, "l2tp.Nr")))
    if number(layer, "l2tp.avp.message_type"):
        yield f"message {number(layer, 'l2tp.avp.message_type')}"
    for tree in layer:
        if find(tree, "l2tp.avp.length") is not None:
            yield from tshark_avp(tree)


def text(field):
    value = field.get("value") or ""
    return bytes.fromhex(value if len(value) % 2 == 0 else "").decode("utf-8", "replace")


def tshark_ppp(protocol, layer):
    name = protocol_name(protocol)
    head = [f for f in layer if re.fullmatch(r"\w+\.(code|id|identifier|len|length)",
                                             f.get("name", ""))]
    code, ident, length = [int(f.get("value"), 16) for f in head[:3]]
    yield f"{name} code {code} id {ident} length {length}"
    trees = [f for f in layer if (f.get("show") or "").startswith("Options: (")]
    # A Protocol-Reject is read on as the packet it rejects; here it is octets.
    options = [o for t in trees for o in t if (name, code) != ("lcp", 8)]
    for option in options:
        raw = octets(option)
        kind = int(raw[:2], 16)
        yield f"{name} option {kind} length {int(raw[2:4], 16)} {raw[4:]}".rstrip()
        values = [f for f in option if int(f.get("pos")) >= int(option.get("pos")) + 2]
        if len(values) == 1 and len(values[0]) == 0:
            yield from tshark_value(f"{name} option {kind}", values[0])
    body = parts(layer)[8:2 * length]
    if not options and body:
        yield f"{name} body {body}"
    for field in layer.iter("field"):
        for key, fields in (("name", NAME_FIELDS), ("message", MESSAGE_FIELDS),
                            ("value", VALUE_FIELDS)):
            if field.get("name") in fields and field.get("value"):
                yield f"{name} {key} {field.get('value') if key == 'value' else text(field)}"


def tshark_neighbour(name, layer):
    if name == "pppoed":
        yield (f"pppoe code {number(layer, 'pppoe.code')} "
               f"session {number(layer, 'pppoe.session_id')} "
               f"length {number(layer, 'pppoe.payload_length')}")
    if name == "radius":
        yield (f"radius code {number(layer, 'radius.code')} id {number(layer, 'radius.id')} "
               f"length {number(layer, 'radius.length')}")


def tshark_frame(packet):
    protocol = None
    is_tunneled = False
    for layer in packet:
        name = layer.get("name")
        for field in layer.iter("field"):
            if len(field) == 0 and name in FAMILY:
                yield from tshark_value(field.get("name"), field)
        yield from tshark_neighbour(name, layer)
        if name == "l2tp":
            protocol = None
            is_tunneled = True
            yield from tshark_l2tp(layer)
        elif name == "ppp":
            protocol = number(layer, "ppp.protocol")
            if is_tunneled and protocol is not None and protocol < 0x8000:
                yield f"data of ppp {protocol:04x}"
        elif protocol is not None and protocol >= 0x8000:
            if find(layer, "ppp.code") is not None or name in ("pap", "chap", "eap"):
                yield from tshark_ppp(protocol, layer)
            protocol = None


def read_tshark(capture, secret):
    options = ["-o", f"l2tp.shared_secret:{secret}"] if secret else []
    run = subprocess.run(["tshark", "-n", "-r", capture, "-T", "pdml", *options],
                         capture_output=True, check=False)
    frames = {}
    for packet in ElementTree.fromstring(run.stdout):
        frames[number_of(packet)] = list(tshark_frame(packet))
    return frames


def number_of(packet):
    return int(find(packet.find("proto[@name='geninfo']"), "num").get("show"))


# Differences and their explanations.

VALUE = re.compile(r'(.*? is (?:"0x|"|)).*')


def comparable(facts, others):
    """Without values that the others give in no such form: text, octets (0x…) or a number."""
    forms = {VALUE.sub(r"\1", fact) for fact in others}
    return [f for f in facts if not VALUE.fullmatch(f) or VALUE.sub(r"\1", f) in forms]


def differences(ours, theirs):
    for frame in sorted(set(ours) | set(theirs)):
        left = comparable(ours.get(frame, []), theirs.get(frame, []))
        right = comparable(theirs.get(frame, []), ours.get(frame, []))
        for fact in list(left):
            if fact in right:
                left.remove(fact)
                right.remove(fact)
        for fact in left:
            yield frame, f"l2tpscope: {fact}"
        for fact in right:
            yield frame, f"tshark: {fact}"


class Explanation:
    def __init__(self, line):
        self.capture, self.frames, self.pattern, self.why = line.split("\t")
        self.used = 0

    def fits(self, capture, frame, difference):
        if not fnmatch.fnmatchcase(capture, self.capture):
            return False
        if self.frames != "*" and str(frame) not in self.frames.split(","):
            return False
        return re.fullmatch(self.pattern, difference) is not None


def explanations():
    lines = (HERE / "explained.tsv").read_text(encoding="utf-8").splitlines()
    return [Explanation(line) for line in lines[1:]]


def secret_of(capture):
    """The tunnel secret and a file for --secrets, where a truth.json beside has one."""
    truth = pathlib.Path(capture).parent / "truth.json"
    if not truth.exists():
        return None, None
    secrets = json.loads(truth.read_text(encoding="utf-8")).get("secrets", {})
    lines = [f"user {name} {password}" for name, password in secrets.get("users", {}).items()]
    if "tunnel" in secrets:
        lines.append(f"tunnel * {secrets['tunnel']}")
    return secrets.get("tunnel"), "".join(line + "\n" for line in lines)


def captures(roots):
    for root in map(pathlib.Path, roots):
        if not root.exists():
            print(f"skipped: {root} is not there")
        for path in sorted(root.resolve().rglob("*")):
            if path.suffix in (".pcap", ".cap", ".pcapng"):
                yield path, str(path.relative_to(root.resolve().parent))


def compare(program, path, name, rows):
    """The number of facts and of unexplained differences."""
    secret, lines = secret_of(path)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:
        file.write(lines or "")
        file.flush()
        ours = read_ours(program, str(path), file.name if lines else None)
    theirs = read_tshark(str(path), secret)
    unexplained = 0
    for frame, difference in differences(ours, theirs):
        row = next((r for r in rows if r.fits(name, frame, difference)), None)
        if row is not None:
            row.used += 1
            continue
        unexplained += 1
        print(f"{name} frame {frame}: {difference}\n\tnot explained")
    return sum(map(len, ours.values())), unexplained


def is_stale(row, names):
    return row.used == 0 and any(fnmatch.fnmatchcase(name, row.capture) for name in names)


def main():
    program, *roots = sys.argv[1:]
    rows = explanations()
    found = list(captures(roots))
    results = [compare(program, path, name, rows) for path, name in found]
    for row in rows:
        print(f"{row.capture} {row.pattern}\n\t{row.used} times: {row.why}")
    stale = [row for row in rows if is_stale(row, [name for _, name in found])]
    for row in stale:
        print(f"explained.tsv: nothing to explain any more: {row.capture} {row.pattern}")
    unexplained = sum(r[1] for r in results)
    print(f"{len(results)} captures, {sum(r[0] for r in results)} facts, "
          f"{sum(r.used for r in rows)} differences explained, {unexplained} not")
    if not results:
        return 77
    return 1 if unexplained or stale else 0


if __name__ == "__main__":
    sys.exit(main())
