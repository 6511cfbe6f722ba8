"""Arguments of configuration classes that change what a model computes, or how it is run or saved, but not which tensors it owns."""

from __future__ import annotations

#: Accepted beside the arguments of a backbone, and without effect on any count. What is in neither list is refused.
UNAFFECTING = frozenset(
    """
    _attn_implementation _sliding_window_pattern activation activation_dropout activation_function add_bias_logits
    add_final_layer_norm afn alibi apply_residual_connection_post_layernorm apply_spec_augment architectures attention_dropout
    attention_layers attention_multiplier attention_probs_dropout attention_probs_dropout_prob attention_softmax_in_fp32
    attention_types attention_window attn_config attn_implementation attn_logit_softcapping attn_pdrop attn_type aux_loss_alpha
    auxiliary_channels auxiliary_concat_input auxiliary_loss_weight auxiliary_num_convs begin_suppress_tokens bi_data bos_token_id
    cache_implementation chunk_size chunk_size_feed_forward clamp_len classif_dropout classifier_activation classifier_dropout
    classifier_dropout_prob classifier_pooling classifier_proj_size clip_qkv cls_token_id codevector_dim context_length
    contrastive_logits_temperature conv_stride ctc_loss_reduction ctc_zero_infinity decoder_layerdrop decoder_start_token_id
    dense_act_fn deterministic_flash_attn diversity_loss_weight do_sample do_stable_layer_norm drop_path_rate dropout dropout_rate
    dtype early_stopping emb_pdrop embd_pdrop embed_dropout embedding_dropout embedding_fraction embedding_multiplier
    encoder_layerdrop encoder_no_repeat_ngram_size encoder_stride end_n_top eos_token_id ep_size extra_pos_embeddings
    feat_extract_activation feat_proj_dropout feat_quantizer_dropout ff_activation final_dropout final_logit_softcapping
    force_bos_token_to_be_generated forced_bos_token_id forced_eos_token_id global_block_size gradient_checkpointing hidden_act
    hidden_activation hidden_dropout hidden_dropout_prob init_device init_std initializer_cutoff_factor initializer_factor
    initializer_range input_jitter_noise inv_coeff_init_option is_decoder is_encoder_decoder is_gated_act label2id layer_norm_eps
    layer_norm_epsilon layer_norm_type layer_types layerdrop layerscale_value learned_pos_emb length_penalty local_attention
    local_radius logit_scale logit_scale_init_value logits_scaling mask_feature_length mask_feature_min_masks mask_feature_prob
    mask_time_length mask_time_min_masks mask_time_prob mask_token_id max_length max_position_embeddings max_seq_len max_window_layers
    median_filter_width mem_len min_length mlp_dropout model_type moe_layer_freq n_ctx n_group n_positions n_special
    no_repeat_ngram_size no_rope_layer_interval no_rope_layers norm_eps norm_epsilon norm_topk_prob norm_type normalize_before
    normalize_embedding num_beams num_codevector_groups num_codevectors_per_group num_experts_per_tok num_feat_extract_layers
    num_landmarks num_negatives num_nextn_predict_layers onnx_export original_max_position_embeddings out_features out_indices
    output_attentions output_hidden_states output_past output_router_logits pad_token_id partial_rotary_factor pool_scales pooler_act
    pooler_dropout pooler_hidden_act pooler_hidden_size position_embedding_type predict_special_tokens prefix pretraining_tp
    problem_type proj_codevector_dim projection_dim qa_dropout query_pre_attn_scalar relative_attention_max_distance
    reorder_and_upcast_attn rescale_every rescale_prenorm_residual reshape_hidden_states resid_dropout resid_pdrop residual_dropout
    residual_in_fp32 residual_multiplier return_dict reuse_len rms_norm_eps rope_interleave rope_parameters rope_scaling rope_theta
    rotary_dim rotary_emb_base rotary_pct rotary_value routed_scaling_factor router_aux_loss_coef router_jitter_noise same_length
    scale_attention_softmax_in_fp32 scale_attn_by_inverse_layer_idx scale_attn_weights scale_decoder_outputs scale_embedding
    scoring_func segment_means_seq_len semantic_loss_ignore_index sep_token_id seq_aux seq_classif_dropout sinusoidal_pos_embds
    sliding_window sliding_window_pattern slow_but_exact sparse_pred_ignore_index sparse_prediction stage_names start_n_top
    static_position_embeddings summary_activation summary_first_dropout summary_last_dropout summary_proj_to_labels summary_type
    summary_use_proj suppress_tokens swiglu_alpha swiglu_limit task_specific_params tdnn_dilation tdnn_dim tdnn_kernel temperature
    tie_encoder_decoder time_step_floor time_step_init_scheme time_step_limit time_step_max time_step_min time_step_scale top_k
    topk_group topk_method torch_dtype tpu_short_seq_length transformers_version unk_token_id use_associative_scan use_bfloat16
    use_bidirectional_attention use_cache use_mambapy use_mems_eval use_mems_train use_parallel_residual use_past use_return_dict
    use_sliding_window use_tpu_fourier_optimizations vocab_size window_size xvector_output_dim
    """.split()  # noqa: SIM905, 290 names are read more easily as text
)
