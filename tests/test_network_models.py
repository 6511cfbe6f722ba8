"""Networks that something else describes: configurations of published models, files, live modules; what they keep in memory. Oracles: published counts, PyTorch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from scoring.param_counts import model_type

from derivations import network
from derivations.families import FAMILIES
from derivations.kernel.verdict import Strength
from derivations.language.errors import DeriveError
from derivations.models import ModelType
from derivations.networks import Described, LayersType
from derivations.problem import Problem
from derivations.topics.network.counts import Laid
from render.cli import main
from render.sheet_file import parse

PUBLISHED: dict[str, tuple[int, dict[str, Any]]] = {
    "GPT-2": (124_439_808, {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"]}),
    "GPT-2 XL": (1_557_611_200, {"model_type": "gpt2", "n_embd": 1600, "n_layer": 48, "n_head": 25}),
    "Llama 2 7B": (6_738_415_616, {"model_type": "llama", "architectures": ["LlamaForCausalLM"]}),
    "Llama 3 8B": (8_030_261_248, {
        "model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": 128256, "intermediate_size": 14336, "num_key_value_heads": 8}),
    "Mistral 7B": (7_241_732_096, {"model_type": "mistral", "architectures": ["MistralForCausalLM"], "num_key_value_heads": 8}),
    "Mixtral 8x7B": (46_702_792_704, {"model_type": "mixtral", "architectures": ["MixtralForCausalLM"]}),
    "Qwen2 7B": (7_615_616_512, {
        "model_type": "qwen2", "architectures": ["Qwen2ForCausalLM"], "vocab_size": 152064, "hidden_size": 3584, "intermediate_size": 18944,
        "num_hidden_layers": 28, "num_attention_heads": 28, "num_key_value_heads": 4}),
    "BERT base": (109_482_240, {"model_type": "bert", "architectures": ["BertModel"]}),
    "T5 small": (60_506_624, {"model_type": "t5", "architectures": ["T5ForConditionalGeneration"]}),
    "T5 v1.1 large": (783_150_080, {
        "model_type": "t5", "architectures": ["T5ForConditionalGeneration"], "d_model": 1024, "d_ff": 2816, "num_layers": 24, "num_heads": 16,
        "feed_forward_proj": "gated-gelu", "tie_word_embeddings": False}),
    "Phi-3 mini": (3_821_079_552, {"model_type": "phi3", "architectures": ["Phi3ForCausalLM"]}),
    "Pythia 70M": (70_426_624, {
        "model_type": "gpt_neox", "architectures": ["GPTNeoXForCausalLM"], "vocab_size": 50304, "hidden_size": 512, "intermediate_size": 2048,
        "num_hidden_layers": 6, "num_attention_heads": 8}),
    "BART base": (139_420_416, {
        "model_type": "bart", "architectures": ["BartForConditionalGeneration"], "encoder_layers": 6, "decoder_layers": 6, "d_model": 768,
        "encoder_ffn_dim": 3072, "decoder_ffn_dim": 3072, "encoder_attention_heads": 12, "decoder_attention_heads": 12}),
    "ViT B/16": (86_567_656, {"model_type": "vit", "architectures": ["ViTForImageClassification"], "num_labels": 1000}),
}  # fmt: skip
"""What the model cards and the papers' repositories say."""


def asked(**given: object) -> Problem:
    found = network(**given)
    assert found.evidence.strength is Strength.PROVED
    return found


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_models_have_the_parameters_that_are_published(name: str) -> None:
    count, config = PUBLISHED[name]
    assert asked(model=config).answer.value == count


MEASURED: dict[str, list[dict[str, Any]]] = {kind: [] for kind in FAMILIES}
for one in json.loads((Path(__file__).parent / "oracles" / "transformers_counts.json").read_text(encoding="utf-8")):
    MEASURED[model_type(one["model_class"])].append(one)


@pytest.mark.parametrize("kind", FAMILIES)
def test_each_row_counts_what_the_library_builds(kind: str) -> None:
    """All model classes of a family, at default and at other sizes, as measured with the transformers library."""
    assert MEASURED[kind]
    for case in MEASURED[kind]:
        config, name = dict(case["config"]), case["model_class"]
        if config.get("num_experts", 99) < 9:
            config["num_experts_per_tok"] = 1  # the library builds, and cannot run, models that use more experts than there are
        described = ModelType().read({**config, "model_type": kind, "architectures": [name]})
        assert isinstance(described, Described)
        leaves = Laid(described.input, described.layers).layout.leaves()
        counted = sum(one.entries * copies for leaf, copies, _ in leaves for one in leaf.ledger if not one.buffer)
        untied = kind in ("t5", "mt5", "umt5", "longt5") and not config.get("tie_word_embeddings", True) and name.endswith("Generation")
        # the library ties the head of a T5 whatever its configuration says; published checkpoints that say it is not tied have one
        assert counted == case["params"] + (config["vocab_size"] * config["d_model"] if untied else 0), case
        assert LayersType().read(str(described.layers)) == described.layers, "what is printed is read back"


@pytest.mark.parametrize("kind", ["deberta-v2", "whisper", "clip", "mamba2", "gpt_oss", "deepseek_v3", "albert", "wav2vec2"])
def test_a_configuration_is_counted_by_a_proof(kind: str) -> None:
    case = next(case for case in MEASURED[kind] if "Model" in case["model_class"] or case["config"])
    assert asked(model={**case["config"], "model_type": kind, "architectures": [case["model_class"]]}).answer.value == case["params"]


def test_sizes_of_a_configuration_may_be_symbols() -> None:
    found = asked(model={"model_type": "llama", "hidden_size": "D", "intermediate_size": "F", "vocab_size": "V", "num_hidden_layers": "L", "num_attention_heads": "h", "head_dim": "k",
                         "architectures": ["LlamaForCausalLM"]})  # fmt: skip
    at = {"D": 4096, "F": 11008, "V": 32000, "L": 32, "h": 32, "k": 128}
    assert found.answer.value.subs({s: at[str(s)] for s in found.answer.value.free_symbols}) == 6_738_415_616


def test_keys_and_values_of_a_published_model() -> None:
    """Llama 2 7B keeps half a megabyte for each token in 16 bits, Mistral with its 8 heads of keys an eighth of a megabyte."""
    given: dict[str, object] = {"ask": "kv-cache", "bytes": 2, "input": "1,4096"}
    assert asked(model={"model_type": "llama"}, **given).answer.value == 4096 * 2**19
    assert asked(model={"model_type": "mistral", "num_key_value_heads": 8}, **given).answer.value == 4096 * 2**17


@pytest.mark.parametrize(("config", "said"), [
    ({"model_type": "lama"}, "model: model_type = 'lama' is not accepted (did you mean 'llama'"),
    ({"model_type": "llama", "hidden_size": -3}, "model: hidden_size = -3 is not accepted; it must be an integer >= 1"),
    ({"model_type": "llama", "mlp_bias": "no"}, "model: mlp_bias = 'no' is not accepted; it must be true or false"),
    ({"model_type": "llama", "hidden_size": 100}, "model: hidden_size / num_attention_heads = 100/32 is no whole number"),
    ({"model_type": "llama", "architectures": ["LlamaForMusic"]}, "model: architectures = ['LlamaForMusic'] is not accepted; a llama is described as ...ForCausalLM"),
    ({"model_type": "squeezebert", "embedding_size": 512}, "model: embedding_size = 512 is not accepted; a squeezebert is described with 768"),
    ({"model_type": "wav2vec2", "conv_kernel": [10, 3]}, "model: conv_kernel has 2 entries, and its entry 3 is needed"),
    ({"model_type": "wav2vec2", "conv_dim": 512}, "model: conv_dim = 512 is not accepted; it must be a list of integers or words"),
    ({"model_type": "qwen3_moe", "num_hidden_layers": "L", "decoder_sparse_step": 2}, "model: num_hidden_layers = L must be a number of at most 500 here"),
    ({"model_type": "qwen3_moe", "num_hidden_layers": 10**9, "mlp_only_layers": [2]}, "model: num_hidden_layers = 1000000000 must be a number of at most"),
    ({"model_type": "dinov2", "mlp_ratio": "wide"}, "model: mlp_ratio = 'wide' is not accepted; it must be a number"),
    ({"layers": "relu"}, "model: describes no network; a table [network] with layers"),
    ({"network": {"layer": "relu"}}, "model: [network] has no field 'layer' (did you mean 'layers'?); it has input, layers"),
    ({"network": {"layers": "rellu"}}, "model: [network]: layers, column 1: there is no layer 'rellu' (did you mean 'relu'"),
    ({"network": {"input": "N,0", "layers": "relu"}}, "model: [network]: input = 'N,0' is not accepted; it must be a list such as N,3,32,32"),
])  # fmt: skip
def test_what_describes_no_network_is_said(config: dict[str, Any], said: str) -> None:
    with pytest.raises(DeriveError) as caught:
        network(model=config)
    assert str(caught.value).startswith(said) and "\n" not in str(caught.value)


def test_files(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("config.json").write_text(json.dumps(PUBLISHED["GPT-2"][1]))
    Path("net.toml").write_text('[network]\ninput = ["N", 3, 8, 8]\nlayers = ["conv 3->4 kernel 3", { repeat = 2, layers = ["conv 4->4 kernel 1"] }]\n')
    Path("broken.json").write_text('{"model_type": "gpt2",\n "n_embd": }')
    for file, count in (("config.json", "124439808"), ("net.toml", "152")):
        assert main(["show", "network", "--model", file]) == 0
        assert count in capsys.readouterr().out.replace(",", "").replace("\N{NARROW NO-BREAK SPACE}", "")
    for words, said in (
        (["--model", "broken.json"], "broken.json:2:12: not well-formed JSON: Expecting value; a config.json of a model is accepted"),
        (["--model", "gone.json"], "gone.json cannot be read (No such file or directory); a config.json or a .toml file with [network] is accepted"),
        (["--model", "net.yaml"], "model = 'net.yaml' is not accepted; it must be a config.json, a .toml file with [network]"),
        (["--model", "net.toml", "--layers", "relu"], "layers and model describe a network each; one of them is accepted"),
        ([], "it needs layers or a model that describes them"),
    ):
        assert main(["show", "network", *words]) == 2
        assert said in capsys.readouterr().err


def test_a_sheet_has_one_network_for_its_problems(tmp_path: Path) -> None:
    (tmp_path / "net.toml").write_text('[network]\nlayers = "conv 3->2 kernel 1"\n')
    text = """title = "T"
[network]
input = ["N", 3, 8, 8]
layers = ["block b C K [ conv C->K kernel 3; relu ]", { use = "b", sizes = [3, 4] }, "b 4 4"]
[[problem]]
kind = "network"
[[problem]]
kind = "network"
ask = "shapes"
[[problem]]
kind = "network"
model = "net.toml"
"""
    sheet = parse(text, "t", "t.toml", tmp_path)
    assert [p.kind.build(p.values).answer.value for p in sheet.problems] == [112 + 148, (4, 4, 4), 8]
    with pytest.raises(DeriveError, match=r"t.toml: \[network\]: layers, entry 1, column 1: there is no layer 'cnv' \(did you mean 'conv'"):
        parse(text.replace("block b C K [ conv", "cnv ["), "t", "t.toml", tmp_path)


@pytest.mark.parametrize(("layers", "same"), [
    ("block b [ linear 4->4; relu ]; b; b", "linear 4->4; relu; linear 4->4; relu"),
    ("block b A B [ linear A->B ]; block c A [ b A A; b A 4 ]; c 8", "linear 8->8; linear 8->4"),
    ([{"block": "b", "sizes": ["A"], "layers": ["linear A"]}, "repeat L [ b 4 ]", {"use": "b", "sizes": ["K"]}], "repeat L [ linear 4 ]; linear K"),
    ([{"encoder": "S", "layers": ["embedding V->D"]}, "embedding V->D tied true"], "encoder S [ embedding V->D ]; embedding V->D tied true"),
    ("adaptivepool 6; dropout 0.25; avgpool 2", "globalpool 6; dropout 0.25; avgpool 2"),
])  # fmt: skip
def test_blocks_have_names_and_sizes(layers: object, same: str) -> None:
    a, b = LayersType().read(layers), LayersType().read(same)
    assert a is not None and b is not None
    assert str(a).replace("adaptivepool", "globalpool") == str(b)


@pytest.mark.parametrize(("layers", "said"), [
    ("block b A [ linear A ]; b", "layers, column 25: block b takes 1 sizes (A), and 0 are given"),
    ("block b A [ linear A ]; b 0", "layers, column 25: block b: linear: out = 0 is not accepted; it must be an integer >= 1"),
    ("block b P [ repeat P [ relu ] ]; b 0", "block b = 0 is not accepted; it must be an integer >= 1"),
    ("block b A [ linear A ]; b -1", "layers, column 26: ' -1' is not understood"),
    ("block relu [ linear 4 ]", "a block cannot be called 'relu'"),
    ("block b 4 [ linear 4 ]", "'4' is no letter for a size of a block"),
    ("block tower [ linear 4 ]; towr", "there is no layer 'towr' (did you mean 'tower'"),
    ([{"use": "b"}], "layers, entry 1: there is no block 'b'; there are none"),
    ("block a [ relu; relu ]" + "".join(f"; block {chr(97 + k)}x [ {'a' if k == 1 else chr(96 + k) + 'x'} ; {'a' if k == 1 else chr(96 + k) + 'x'} ]" for k in range(1, 15)), "more than 5000 layers"),
    ("embedding 5->4 tied true", "there is none before it"),
    ("embedding 5->4; embedding 6->4", "an embedding reads a sequence of tokens"),
    ("embedding 5->4; attention 2 cross memory", "cross memory attends to what an encoder [ ... ] before it makes, and there is none"),
    ("dropout 1.5", "p = '1.5' is not accepted; it must be a number from 0 to below 1"),
])  # fmt: skip
def test_what_is_wrong_with_a_block_is_said(layers: object, said: str) -> None:
    with pytest.raises(DeriveError) as caught:
        network(layers=layers, input="N,T")
    assert said in str(caught.value)


torch = pytest.importorskip("torch")
nn, functional = torch.nn, torch.nn.functional


class Basic(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        self.c1, self.b1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs)
        self.c2, self.b2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs)
        self.down = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)) if inputs != outputs else None

    def forward(self, x: Any) -> Any:
        y = self.b2(self.c2(functional.relu(self.b1(self.c1(x)))))
        y += x if self.down is None else self.down(x)
        return functional.relu(y)


class Classifier(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 7, 2, 3, bias=False), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(3, 2, 1))
        self.one = nn.Sequential(*(Basic(8, 8) for _ in range(3)))
        self.two, self.head = nn.Sequential(Basic(8, 12, 2), Basic(12, 12)), nn.Linear(12, 10)

    def forward(self, x: Any) -> Any:
        x = self.two(self.one(self.stem(x)))
        return self.head(torch.flatten(functional.adaptive_avg_pool2d(x, (1, 1)), 1))


class Gate(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.down, self.up = nn.Conv2d(8, 2, 1), nn.Conv2d(2, 8, 1)

    def forward(self, x: Any) -> Any:
        return x * torch.sigmoid(self.up(functional.relu(self.down(functional.adaptive_avg_pool2d(x, 1)))))


class Branched(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.a, self.b, self.gate, self.c = nn.Conv2d(3, 4, 1), nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.GELU()), Gate(), nn.Conv2d(8, 6, 3, 2)

    def forward(self, x: Any) -> Any:
        x = functional.max_pool2d(self.c(self.gate(torch.cat([self.a(x), self.b(x)], 1))), 2)
        return x.view(x.size(0), -1)


class Block(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.n1, self.n2, self.a = nn.LayerNorm(width), nn.LayerNorm(width), nn.MultiheadAttention(width, heads, batch_first=True)
        self.m = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x: Any) -> Any:
        y = self.n1(x)
        x = x + self.a(y, y, y)[0]
        return x + self.m(self.n2(x))


class Language(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.tokens, self.places = nn.Embedding(50, 16), nn.Parameter(torch.zeros(1, 10, 16))
        self.blocks, self.norm, self.head = nn.ModuleList([Block(16, 4) for _ in range(3)]), nn.LayerNorm(16), nn.Linear(16, 50, bias=False)
        self.head.weight = self.tokens.weight

    def forward(self, x: Any) -> Any:
        x = self.tokens(x) + self.places
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))


class Patches(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.cut, self.mix, self.head = nn.Conv2d(3, 16, 4, 4), nn.TransformerEncoder(nn.TransformerEncoderLayer(16, 2, 24, activation="gelu", batch_first=True, norm_first=True), 2), nn.Linear(16, 5)

    def forward(self, x: Any) -> Any:
        return self.head(self.mix(self.cut(x).flatten(2).transpose(1, 2)).mean(dim=1))


MODULES: dict[str, tuple[Any, tuple[int, ...]]] = {
    "classifier": (Classifier, (2, 3, 32, 32)), "branched": (Branched, (2, 3, 9, 9)), "language": (Language, (2, 10)), "patches": (Patches, (2, 3, 8, 8)),
    "encoder": (lambda: nn.TransformerEncoder(nn.TransformerEncoderLayer(12, 3, 20, batch_first=True), 4, nn.LayerNorm(12)), (2, 7, 12)),
    "sequential": (lambda: nn.Sequential(nn.Conv1d(2, 4, 5, 2, dilation=2, groups=2), nn.PReLU(), nn.AvgPool1d(2), nn.Flatten(), nn.Dropout(0.25), nn.Linear(44, 3, bias=False)), (2, 2, 52)),
    "recurrent": (lambda: nn.Sequential(nn.ConvTranspose1d(3, 5, 3, 2, 1, 1), nn.GroupNorm(5, 5), nn.Upsample(scale_factor=2), nn.InstanceNorm1d(5)), (2, 3, 6)),
}  # fmt: skip


@pytest.mark.parametrize("name", MODULES)
def test_a_live_module_is_described(name: str) -> None:
    make, shape = MODULES[name]
    module = make().eval()
    example = torch.randint(0, 50, shape) if name == "language" else torch.randn(shape)
    assert asked(model=module, input=shape).answer.value == sum(p.numel() for p in module.parameters())
    assert tuple(asked(model=module, input=shape, ask="shapes").answer.value) == tuple(module(example).shape[1:])
    described = ModelType().read(module)
    assert isinstance(described, Described)
    assert LayersType().read(str(described.layers)) == described.layers, "what is printed is read back"


def test_equal_blocks_of_a_module_are_a_repeat() -> None:
    with torch.device("meta"):
        module = nn.TransformerEncoder(nn.TransformerEncoderLayer(512, 8, 2048, batch_first=True), 6)
    described = ModelType().read(module)
    assert isinstance(described, Described)
    assert str(described.layers) == "repeat 6 [ residual [ attention 8 ]; layernorm; residual [ feedforward 512->2048 ]; layernorm ]"


class Asked(nn.Module):
    """A module whose forward is given."""

    def __init__(self, forward: Any) -> None:
        super().__init__()
        self.inner, self.asked = nn.Linear(3, 3), forward

    def forward(self, x: Any) -> Any:
        return self.asked(self.inner, x)


@pytest.mark.parametrize(("module", "said"), [
    (lambda: Asked(lambda f, x: f(x) @ f.weight), "module (Asked): its forward calls matmul, which is no part of a description"),
    (lambda: Asked(lambda f, x: f(f(x))), "Asked: its layers have 24 parameters and the module has 12; some are used in a way"),
    (lambda: Asked(lambda f, x: f(x) if x.sum() > 0 else x), "module (Asked): its forward cannot be followed (TraceError"),
    (lambda: Asked(lambda f, x: x + 1), "module (Asked): its forward calls add, which is no part of a description"),
    (lambda: nn.Sequential(nn.Linear(2, 2), nn.Bilinear(2, 3, 4)), "1 (Bilinear) is no layer of the description"),
    (lambda: nn.Sequential(nn.MaxPool2d(2, ceil_mode=True)), "0 (MaxPool2d): MaxPool2d with ceil_mode = True is not described; it must be False"),
    (lambda: nn.LSTM(3, 4), "LSTM with batch_first = False is not described; it must be True"),
    (lambda: nn.Sequential(), "Sequential: no layer is found in it"),
])  # fmt: skip
def test_a_module_that_cannot_be_followed_is_named(module: Any, said: str) -> None:
    with pytest.raises(DeriveError) as caught:
        network(model=module(), input="2,3")
    assert said in str(caught.value)


def test_memory_of_training_is_what_tensors_take() -> None:
    net = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 36, 5))
    x, outputs = torch.randn(4, 3, 6, 6), []
    for layer in net:
        layer.register_forward_hook(lambda m, i, o: outputs.append(o.numel()))
    optimizer = torch.optim.Adam(net.parameters())
    net(x).sum().backward()
    optimizer.step()
    held = sum(t.numel() for p in net.parameters() for t in (p, p.grad, optimizer.state[p]["exp_avg"], optimizer.state[p]["exp_avg_sq"]))
    assert asked(model=net, input="4,3,6,6", ask="memory", bytes=4).answer.value == 4 * (held + sum(outputs))


def test_operations_are_twice_the_multiplications() -> None:
    text, input_ = "conv 3->4 kernel 3; relu; flatten; linear K", "1,3,8,8"
    assert asked(layers=text, input=input_, ask="flops").answer.value == 2 * asked(layers=text, input=input_, ask="macs").answer.value


def test_a_model_without_kinds_of_segments_has_no_table_for_them() -> None:
    with_two, without = (network(model={"model_type": "bert", "type_vocab_size": kinds}).answer.value for kinds in (2, 0))
    assert with_two - without == 2 * 768
    with pytest.raises(DeriveError, match="vocab_size = 0 is not accepted"):
        network(model={"model_type": "bert", "vocab_size": 0})
