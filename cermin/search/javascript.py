"""The Snowball stemmers for browsers, translated from those that stem in Python.

Both are one algorithm then, whatever version is installed. The modules of snowballstemmer are written by the Snowball
compiler and use little of Python; what is not expected in them is an error, never a guess.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Iterator
from importlib import resources
from importlib.metadata import version

from cermin.errors import StemmerError
from cermin.search.stemmers import ALGORITHMS

_STATE = {"current": "S", "cursor": "C", "limit": "L", "limit_backward": "B", "bra": "M", "ket": "K"}
_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_SIGNS: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-"}

# S is the word, C the cursor, L and B the limits of what is looked at, M and K the ends of the slice. What stands in a
# table is tried from the longest on, as the compiler's own search does.
_RUNTIME = """\
let S,C,L,B,M,K;
const table=(...groups)=>{const rows=new Map;let longest=0;for(const[result,words,method]of groups)
for(const word of words.split("|")){rows.set(word,[result,method]);longest=Math.max(longest,word.length)}
return{rows,longest}},
find=(table,room,cut,go)=>{const from=C;for(let n=Math.min(table.longest,room);n>=0;n--){
const row=table.rows.get(cut(from,n));
if(row){C=go(from,n);if(!row[1])return row[0];if(row[1]()){C=go(from,n);return row[0]}}}return 0},
find_among=t=>find(t,L-C,(c,n)=>S.slice(c,c+n),(c,n)=>c+n),
find_among_b=t=>find(t,C-B,(c,n)=>S.slice(c-n,c),(c,n)=>c-n),
in_grouping=g=>C<L&&g.includes(S[C])&&!!++C,
out_grouping=g=>C<L&&!g.includes(S[C])&&!!++C,
in_grouping_b=g=>C>B&&g.includes(S[C-1])&&(C--,true),
out_grouping_b=g=>C>B&&!g.includes(S[C-1])&&(C--,true),
go_in_grouping=g=>{for(;C<L;C++)if(!g.includes(S[C]))return true;return false},
go_out_grouping=g=>{for(;C<L;C++)if(g.includes(S[C]))return true;return false},
go_in_grouping_b=g=>{for(;C>B;C--)if(!g.includes(S[C-1]))return true;return false},
go_out_grouping_b=g=>{for(;C>B;C--)if(g.includes(S[C-1]))return true;return false},
eq_s=t=>L-C>=t.length&&S.startsWith(t,C)&&(C+=t.length,true),
eq_s_b=t=>C-B>=t.length&&S.startsWith(t,C-t.length)&&(C-=t.length,true),
replace=(m,k,t)=>{const more=t.length-(k-m);S=S.slice(0,m)+t+S.slice(k);L+=more;if(C>=k)C+=more;else if(C>m)C=m;
return more},
slice_from=t=>{replace(M,K,t);K=M+t.length},
slice_del=()=>slice_from(""),
slice_to=()=>S.slice(M,K),
insert=(m,k,t)=>{const more=replace(m,k,t);if(m<=M)M+=more;if(m<=K)K+=more};
"""


def stemmer_script(*keys: str) -> str:
    """Return the stemmers of keys of `ALGORITHMS` as one script; nothing without keys.

    It is a classic script, which also a page opened from a disk may load, and puts functions from word to stem into
    ``globalThis.cerminStemmers[key]``. The licence beside it is templates/search/snowball.txt.
    Raises StemmerError.
    """
    return f"{{\n{_RUNTIME}{''.join(map(_stemmer, keys))}}}\n" if keys else ""


def _stemmer(key: str) -> str:
    name = ALGORITHMS[key]
    source = resources.files("snowballstemmer").joinpath(f"{name}_stemmer.py").read_text(encoding="utf-8")
    classes = [node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]
    body = "\n".join(_members(next(node for node in classes if node.name == f"{name.title()}Stemmer")))
    return (
        f"// Snowball: {name}, from snowballstemmer {version('snowballstemmer')}. Licence: static/snowball.txt\n"
        f"(globalThis.cerminStemmers??={{}}).{key}=(()=>{{\n{body}\n"
        "return word=>{S=word;C=B=M=0;L=K=word.length;_stem();return S}})();\n"
    )


def _members(stemmer: ast.ClassDef) -> Iterator[str]:
    for node in stemmer.body:
        match node:
            case ast.FunctionDef(name=name, body=body):
                yield _function(name, body)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.List(elts=rows)):
                yield f"const {name}={_table(rows)};"
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Set(elts=characters)):
                yield f"const {name}={_string(''.join(_constant(each) for each in characters))};"
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Tuple(elts=strings)):
                yield f"const {name}=[{','.join(map(_expression, strings))}];"
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield f"let {name}={_expression(value)};"
            case ast.Expr(value=ast.Constant()):  # the docstring
                continue
            case _:
                raise _unknown(node)


def _function(name: str, body: list[ast.stmt]) -> str:
    stores = (each for node in body for each in ast.walk(node) if isinstance(each, ast.Name))
    local = sorted({each.id for each in stores if isinstance(each.ctx, ast.Store)})
    declared = f"let {','.join(local)};" if local else ""
    return f"function {name}(){{{declared}{_block(body, {})}}}"


def _table(rows: list[ast.expr]) -> str:
    """Return the calls that make a table of strings; those with one result stand together."""
    groups: dict[str, list[str]] = {}
    methods: list[str] = []
    for row in rows:
        match row:
            case ast.Call(func=ast.Name(id="Among"), args=[ast.Constant(value=str(word)), _, result, *method]):
                if "|" in word:  # which parts them
                    raise _unknown(row)
                if method:
                    methods.append(f"[{_expression(result)},{_string(word)},{_expression(method[0])}]")
                else:
                    groups.setdefault(_expression(result), []).append(word)
            case _:
                raise _unknown(row)
    plain = [f"[{result},{_string('|'.join(words))}]" for result, words in groups.items()]
    return f"table({','.join(plain + methods)})"


def _block(body: Iterable[ast.stmt], labels: dict[str, str]) -> str:
    return "".join(_statement(node, labels) for node in body)


def _statement(node: ast.stmt, labels: dict[str, str]) -> str:
    """Return a statement; ``labels`` names the block that each exception leaves."""
    match node:
        case ast.Assign(targets=[target], value=value):
            written = f"{_expression(target)}={_expression(value)}"
        case ast.AugAssign(target=target, op=op, value=value):
            written = f"{_expression(target)}{_SIGNS[type(op)]}={_expression(value)}"
        case ast.Return(value=ast.expr() as value):
            written = f"return {_expression(value)}"
        case ast.Expr(value=ast.Call() as call):
            written = _expression(call)
        case ast.Pass():
            written = ""
        case ast.Break():
            written = "break"
        case ast.Continue():
            written = "continue"
        case _:
            return _compound(node, labels)
    return f"{written};"


def _compound(node: ast.stmt, labels: dict[str, str]) -> str:
    match node:
        case ast.If(test=test, body=body, orelse=orelse):
            otherwise = f"else{{{_block(orelse, labels)}}}" if orelse else ""
            return f"if({_expression(test)}){{{_block(body, labels)}}}{otherwise}"
        case ast.While(test=ast.Constant(value=True), body=body, orelse=[]):
            return f"for(;;){{{_block(body, labels)}}}"
        case ast.While(test=test, body=body, orelse=[]):
            return f"while({_expression(test)}){{{_block(body, labels)}}}"
        case ast.For(target=ast.Name(id=name), iter=ast.Tuple(elts=items), body=body, orelse=[]):
            return f"for({name} of [{','.join(map(_expression, items))}]){{{_block(body, labels)}}}"
        case ast.Try(
            body=body,
            handlers=[ast.ExceptHandler(type=ast.Name(id=name), body=[ast.Pass()])],
            orelse=[],
            finalbody=[],
        ):
            # JavaScript refuses a label inside of its own block.
            label = f"{name}_{len(labels)}"
            return f"{label}:{{{_block(body, {**labels, name: label, label: label})}}}"
        case ast.Raise(exc=ast.Call(func=ast.Name(id=name)), cause=None) if name in labels:
            return f"break {labels[name]};"
    raise _unknown(node)


def _expression(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=bool() as value):
            written = str(value).lower()
        case ast.Constant(value=int() as value):
            written = str(value)
        case ast.Constant(value=str() as value):
            written = _string(value)
        case ast.Name(id=name):
            written = name
        case ast.Attribute(value=ast.Name(), attr=name):
            written = _STATE.get(name, name)
        case ast.Subscript(value=value, slice=index):
            written = f"{_expression(value)}[{_expression(index)}]"
        case ast.Call(func=ast.Name(id="len"), args=[value]):
            written = f"{_expression(value)}.length"
        case ast.Call(func=ast.Attribute() as method, args=args, keywords=[]):
            written = f"{_expression(method)}({','.join(map(_expression, args))})"
        case _:
            written = _operation(node)
    return written


def _operation(node: ast.expr) -> str:
    match node:
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return f"{_expression(left)}{_COMPARISONS[type(op)]}{_expression(right)}"
        case ast.BoolOp(op=ast.Or(), values=values):
            return "||".join(map(_expression, values))
        case ast.BinOp(left=left, op=op, right=ast.Constant() | ast.Name() | ast.Attribute() as right):
            return f"{_expression(left)}{_SIGNS[type(op)]}{_expression(right)}"
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant() as operand):
            return f"-{_expression(operand)}"
        case ast.UnaryOp(op=ast.Not(), operand=ast.Call() | ast.Attribute() | ast.Name() as operand):
            return f"!{_expression(operand)}"
    raise _unknown(node)


def _constant(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=str(value)):
            return value
    raise _unknown(node)


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _unknown(node: ast.AST) -> StemmerError:
    return StemmerError.at(
        f"snowballstemmer {version('snowballstemmer')}",
        f"a stemmer cannot be translated into JavaScript: {ast.unparse(node)}",
        "`pip install 'snowballstemmer>=3.1,<3.2'`",
    )
