"""Test support: puts people and groups into a Samba domain's own database. Usage: seed-domain.py FOLDER PASSWORD

Runs under Debian's python3 with python3-samba. Every person has the same password; what is special about each
is in the name.
"""
import sys
import time

import ldb
from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB

folder, password = sys.argv[1:3]
settings = LoadParm()
settings.load(folder + "/etc/smb.conf")
sam = SamDB(url=folder + "/private/sam.ldb", session_info=system_session(), lp=settings)
base = str(sam.domain_dn())
UNIT = "OU=Service"
DAY_100NS = 86400 * 10**7
MINUTE_100NS = 60 * 10**7


def file_time(days):
    """A Windows time so many days from now: 100 ns since 1601."""
    return int((time.time() + days * 86400 + 11644473600) * 10**7)


def replace(dn, controls=None, **values):
    message = ldb.Message(ldb.Dn(sam, dn))
    for name, value in values.items():
        message[name] = ldb.MessageElement(str(value), ldb.FLAG_MOD_REPLACE, name)
    sam.modify(message, controls)


replace(
    base,
    lockoutThreshold=3,
    lockoutDuration=-30 * MINUTE_100NS,
    lockOutObservationWindow=-30 * MINUTE_100NS,
    minPwdLength=8,
    maxPwdAge=-90 * DAY_100NS,
    minPwdAge=0,
)
sam.add({"dn": f"{UNIT},{base}", "objectClass": "organizationalUnit"})

PEOPLE = (
    "reader member lead admin engineer auditor stranger disabled mustchange expired ended lockable leaving removed"
).split()
names = {}
for person in PEOPLE:
    sam.newuser(person, password, userou=UNIT, givenname=person.capitalize(), surname="Tester")
    found = sam.search(base, scope=ldb.SCOPE_SUBTREE, expression=f"(sAMAccountName={person})", attrs=["cn"])
    names[person] = str(found[0].dn)
# A name with all that means something in a filter or a distinguished name.
sam.newuser("odd(name)", password, userou=UNIT, givenname="Odd, (Name)", surname="*\\=+")
# A domain takes two spaces for one.
sam.newuser("two words", password, userou=UNIT, givenname="Two", surname="Words")

GROUPS = (
    "Service-Staff Service-Europe Service-Leads Service-Administrators Service-Operations "
    "Service-Field Service-Field-Europe Service-Audit Service-Audit-Europe"
).split()
for group in GROUPS:
    sam.newgroup(group, groupou=UNIT)
inside = "member lead disabled mustchange expired ended lockable leaving removed odd(name)".split()
inside.append("two words")
sam.add_remove_group_members("Service-Europe", inside)
sam.add_remove_group_members("Service-Staff", ["Service-Europe"])
sam.add_remove_group_members("Service-Leads", ["lead"])
# Every other role is reached through a group within a group.
for outer, inner, person in (
    ("Service-Administrators", "Service-Operations", "admin"),
    ("Service-Field", "Service-Field-Europe", "engineer"),
    ("Service-Audit", "Service-Audit-Europe", "auditor"),
):
    sam.add_remove_group_members(outer, [inner])
    sam.add_remove_group_members(inner, [person])

sam.disable_account("(sAMAccountName=disabled)")
replace(names["mustchange"], pwdLastSet=0)
# Only with these two controls does the database let the past be written.
BYPASS = ["local_oid:1.3.6.1.4.1.7165.4.3.20:0", "local_oid:1.3.6.1.4.1.7165.4.3.12:0"]
replace(names["expired"], BYPASS, pwdLastSet=file_time(-200))
replace(names["ended"], accountExpires=file_time(-1))
sam.setexpiry("(sAMAccountName=reader)", 0, True)
