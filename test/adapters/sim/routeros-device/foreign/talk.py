"""Does the steps that it reads as JSON from stdin with librouteros; writes what came of each as JSON to stdout."""

import json
import ssl
import sys

import librouteros
from librouteros.exceptions import LibRouterosError
from librouteros.query import And, Key, Or


def condition(words):
    """A query of librouteros from a nested list, such as ["and", ["==", "type", "file"], [">", "size", 5]]."""
    name, *rest = words
    if name == "and":
        return And(*map(condition, rest))
    if name == "or":
        return Or(*map(condition, rest))
    key, value = Key(rest[0]), rest[1]
    if name == "in":
        return key.In(*value)
    return {"==": key.__eq__, "!=": key.__ne__, "<": key.__lt__, ">": key.__gt__}[name](value)


def select(path, step):
    query = path.select(*map(Key, step.get("keys", [])))
    return list(query.where(*map(condition, step.get("where", []))))


def execute(api, step):
    path = api.path(*step["path"].strip("/").split("/"))
    match step["do"]:
        case "all":
            return list(path)
        case "select":
            return select(path, step)
        case "add":
            return path.add(**step["args"])
        case "update":
            return path.update(**step["args"])
        case "remove":
            return path.remove(*step["ids"])
        case "call":
            return list(path(step["command"], **step.get("args", {})))
    raise ValueError(step["do"])


def attempt(api, step):
    try:
        return {"value": execute(api, step)}
    except LibRouterosError as error:
        category = getattr(error, "category", None)
        return {"error": type(error).__name__, "message": str(error), "category": category}


def connect(order):
    options = {"port": order["port"], "encoding": "UTF-8", "timeout": 15}
    if "ca" in order:
        context = ssl.create_default_context(cafile=order["ca"])
        options["ssl_wrapper"] = lambda sock: context.wrap_socket(sock, server_hostname=order["host"])
    return librouteros.connect(order["host"], order["user"], order["password"], **options)


def main():
    order = json.load(sys.stdin)
    try:
        api = connect(order)
    except (LibRouterosError, OSError) as error:
        results = [{"error": type(error).__name__, "message": str(error), "category": getattr(error, "category", None)}]
    else:
        results = [attempt(api, step) for step in order["steps"]]
        api.close()
    json.dump(results, sys.stdout)


main()
